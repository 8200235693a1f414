package httpd

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/notify"
	"github.com/via-orchestrate/orchestrate/internal/problem"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// EventsConfig is what event streams are made of. Hub is required.
type EventsConfig struct {
	Hub *notify.Hub
	// PerHolder is how many streams one subject may have at once; 0: any number.
	PerHolder int
	// Heartbeat is how long a stream is silent at most; 0: 15 s. So both sides
	// notice that the other one is gone.
	Heartbeat time.Duration
	// Gather is how long changes are gathered after some were sent; 0: 200 ms. The
	// first ones after a pause are sent at once.
	Gather time.Duration
	// Life is how long a stream lasts at most; 0: 15 min. Who opens the next one
	// has its token looked at again. Up to a fifth is added at random, so that
	// those who came at once do not come back at once.
	Life time.Duration
	// Patience is how long a client may take for what it is sent; 0: 15 s.
	Patience time.Duration
}

// eventsBack is when to ask again where there are too many streams, in seconds.
const eventsBack = 5

// Events answers with the stream of changes of the tenant of the request's
// [Caller], as server-sent events (WHATWG HTML, section 9.2). It stands where
// the caller is known: mounted by [Config], or below a handler that is.
func Events(c EventsConfig) http.Handler {
	orElse := func(d *time.Duration, usual time.Duration) {
		if *d == 0 {
			*d = usual
		}
	}
	orElse(&c.Heartbeat, 15*time.Second)
	orElse(&c.Gather, 200*time.Millisecond)
	orElse(&c.Life, 15*time.Minute)
	orElse(&c.Patience, 15*time.Second)
	rule, texts := queryRules()["GET /events"], newEventTexts()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		following, err := followingOf(r, rule)
		if err != nil {
			problem.Write(w, r, problem.FromError(err))
			return
		}
		following.Most = c.PerHolder
		follower, err := c.Hub.Follow(following)
		if err != nil {
			w.Header().Set("Retry-After", strconv.Itoa(eventsBack))
			problem.Write(w, r, problem.FromError(err))
			return
		}
		defer follower.Close()
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("X-Accel-Buffering", "no") // For nginx, which gathers answers otherwise.
		if r.Method == http.MethodHead {
			return
		}
		s := &eventStream{w: w, conn: http.NewResponseController(w), config: c, follower: follower, texts: texts}
		s.run(r.Context())
	})
}

func followingOf(r *http.Request, rule queryRule) (notify.Following, error) {
	by, err := CallerOf(r.Context())
	if err == nil {
		err = by.Require(vod.ReadIngests)
	}
	if err != nil {
		return notify.Following{}, err
	}
	if err := rule.check(r.URL.RawQuery); err != nil {
		return notify.Following{}, err
	}
	query := r.URL.Query()
	return notify.Following{
		Tenant: by.Tenant, Holder: by.Subject, After: r.Header.Get("Last-Event-ID"),
		Filter: notify.Filter{IngestID: query.Get("ingestId"), AssetID: query.Get("assetId")},
	}, nil
}

// isEvents tells whether a path is that of a stream of events.
func isEvents(at string) bool {
	return at == "/events" || strings.HasPrefix(at, "/ui/") && path.Base(at) == "events" && strings.Count(at, "/") == 3
}

// eventStream is one answer under way.
type eventStream struct {
	w        http.ResponseWriter
	conn     *http.ResponseController
	config   EventsConfig
	follower *notify.Follower
	beat     *time.Timer // of the next heartbeat
	end      *time.Timer
	texts    eventTexts
	text     []byte // what is to be sent
}

// run sends events until the client or the server goes, the client is too slow,
// or the stream's time is over.
func (s *eventStream) run(ctx context.Context) {
	s.beat = time.NewTimer(s.config.Heartbeat)
	defer s.beat.Stop()
	s.end = time.NewTimer(s.config.Life + rand.N(s.config.Life/5+1)) //nolint:gosec // Spreads load; nobody gains by guessing it.
	defer s.end.Stop()
	batch := s.follower.Next()
	s.begin(batch)
	for {
		s.add(batch)
		if s.send() != nil || !batch.Rest && !s.wait(ctx, batch) {
			return
		}
		batch = s.follower.Next()
	}
}

// wait tells whether there is more than the batch to send, once there is.
func (s *eventStream) wait(ctx context.Context, b notify.Batch) bool {
	gathered := time.After(s.config.Gather)
	var more <-chan struct{} // nil while changes are gathered
	for {
		select {
		case <-gathered:
			more = b.More
		case <-more:
			return true
		case <-s.beat.C:
			// The id moves on by changes that the filter does not select.
			s.text = append(s.text, ":\nid: "+b.At+"\n\n"...)
			if s.send() != nil {
				return false
			}
		case <-s.end.C:
			return false
		case <-s.follower.Done():
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// begin tells when to come back, and that nothing is missed from where on.
func (s *eventStream) begin(b notify.Batch) {
	s.text = append(s.text, "retry: "...)
	s.text = strconv.AppendInt(s.text, 1000+rand.Int64N(2000), 10) //nolint:gosec // The same.
	s.text = append(s.text, "\n\n"...)
	if !b.Missed {
		s.text = appendEvent(s.text, b.From, "hello", struct{}{})
	}
}

// add puts a batch into the text.
func (s *eventStream) add(b notify.Batch) {
	if b.Missed {
		s.text = appendEvent(s.text, b.At, "reset", struct{}{})
	}
	for _, e := range b.Events {
		s.text = append(s.text, s.texts.of(e)...)
	}
}

// appendEvent writes an event (WHATWG HTML, section 9.2.5).
func appendEvent(text []byte, id, name string, data any) []byte {
	document, err := json.Marshal(data)
	if err != nil {
		panic(err) // Of a struct of texts, which does not happen.
	}
	text = append(text, "id: "+id+"\nevent: "+name+"\ndata: "...)
	return append(append(text, document...), "\n\n"...)
}

// eventTexts keeps the last events as they are sent: a thousand streams send
// the same ones at about the same time.
type eventTexts struct{ kept *lru.Cache[eventKey, []byte] }

// eventKey tells events apart; the same change has created a thing for one
// stream and updated it for another.
type eventKey struct {
	id   string
	what store.ChangeWhat
}

func newEventTexts() eventTexts {
	kept, err := lru.New[eventKey, []byte](1024)
	if err != nil {
		panic(err) // Of a size below 1, which the constant is not.
	}
	return eventTexts{kept}
}

// of is the text of an event, which must not be changed.
func (t eventTexts) of(e notify.Event) []byte {
	key := eventKey{e.ID, e.Change.What}
	text, ok := t.kept.Get(key)
	if !ok {
		name, data := shownChange(e.Change)
		text = appendEvent(nil, e.ID, name, data)
		t.kept.Add(key, text)
	}
	return text
}

// send writes the text. An error is that of a client that is gone, or does not
// read.
func (s *eventStream) send() error {
	if len(s.text) == 0 {
		return nil
	}
	if _, err := s.w.Write(s.text); err != nil {
		return err
	}
	s.beat.Reset(s.config.Heartbeat)
	if s.text = s.text[:0]; cap(s.text) > 4<<10 {
		s.text = nil // Most of the time there is nothing to hold.
	}
	// Shorter than the patience with other answers, which Write has set.
	_ = s.conn.SetWriteDeadline(time.Now().Add(s.config.Patience))
	return s.conn.Flush()
}

// shownChange is an event's name and data.
func shownChange(c store.Change) (name string, data any) {
	switch c.Kind {
	case store.ChangeProfile:
		data = api.ProfileEvent{Name: c.ID, Change: api.EventChange(c.What)}
	case store.ChangePlayback:
		data = api.PlaybackEvent{AssetID: c.AssetID, IngestID: c.IngestID}
	default:
		data = api.IngestEvent{
			IngestID: c.ID, AssetID: c.AssetID, Status: api.IngestStatus(c.Status), Change: api.EventChange(c.What),
		}
	}
	return string(c.Kind), data
}
