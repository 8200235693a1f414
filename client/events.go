package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// maxSilence is how long the server sends nothing at most, with some patience
	// for the way: it promises 15 s.
	maxSilence = time.Minute
	// maxEvent bounds a line of a stream, in bytes.
	maxEvent = 1 << 20
)

// EventFilter selects events. Empty fields select nothing away; all others must
// hold together.
type EventFilter struct {
	IngestID string // only of this ingest
	AssetID  string // only of ingests, and of what plays, of this asset
	After    string // ID of the last event that is known; empty: from now on
}

// Event says that something is no longer as it was. One of its pointers is set,
// unless it is of another kind than this package knows.
type Event struct {
	ID string // to follow on after it
	// Reset tells that anything may have changed, and that it is not known what:
	// fetch anew what you keep. Begun is the first of all: what changes after it
	// is told.
	Reset, Begun bool
	Ingest       *IngestEvent
	Profile      *ProfileEvent
	Playback     *PlaybackEvent
}

// Events follows what changes, for as long as the context lasts. A connection
// that ends is opened again, and goes on where it was. It ends after the first
// error: that of the context, of an answer by which the server refuses it, or of
// a server that stays away for half a minute.
func (c *Client) Events(ctx context.Context, f EventFilter) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		s := &eventStream{client: c, filter: f, after: f.After}
		for {
			goOn, err := s.follow(ctx, yield)
			if !goOn {
				return
			}
			if err == nil {
				err = pause(ctx, s.retry)
			}
			if err != nil {
				yield(Event{}, fmt.Errorf("follow events: %w", err))
				return
			}
		}
	}
}

// eventStream is where one iteration stands.
type eventStream struct {
	client *Client
	filter EventFilter
	after  string // id of the last event
	retry  time.Duration
	begun  bool
}

// follow reads one answer to its end. Only what is no use to try again is an
// error.
func (s *eventStream) follow(ctx context.Context, yield func(Event, error) bool) (goOn bool, err error) {
	if s.retry == 0 {
		s.retry = firstPause
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	resp, err := s.ask(ctx)
	if err != nil {
		return true, err
	}
	defer resp.Body.Close()
	// One who is gone without a word is not waited for.
	silence := time.AfterFunc(maxSilence, cancel)
	defer silence.Stop()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, maxEvent)
	var e rawEvent
	for lines.Scan() {
		silence.Reset(maxSilence)
		if lines.Text() != "" {
			e.line(lines.Text())
			continue
		}
		if goOn, err := s.deliver(e, yield); !goOn || err != nil {
			return goOn, err
		}
		e = rawEvent{}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return true, err
	}
	return true, nil
}

// ask opens the stream, as often as requests are tried again.
func (s *eventStream) ask(ctx context.Context) (*http.Response, error) {
	query := url.Values{}
	if s.filter.IngestID != "" {
		query.Set("ingestId", s.filter.IngestID)
	}
	if s.filter.AssetID != "" {
		query.Set("assetId", s.filter.AssetID)
	}
	address := s.client.base.JoinPath("events")
	address.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/event-stream")
	if s.after != "" {
		req.Header.Set("Last-Event-ID", s.after)
	}
	if err := s.client.edit(ctx, req); err != nil {
		return nil, err
	}
	resp, err := retrying{s.client.http}.Do(req)
	if err != nil {
		return nil, err
	}
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case resp.StatusCode != http.StatusOK:
		defer resp.Body.Close()
		return nil, problemOf(resp)
	case kind != "text/event-stream":
		return nil, errors.Join(fmt.Errorf("the server answers with %q instead of events", kind), resp.Body.Close())
	}
	return resp, nil
}

// deliver gives an event to the caller.
func (s *eventStream) deliver(raw rawEvent, yield func(Event, error) bool) (goOn bool, err error) {
	if raw.retry > 0 {
		s.retry = raw.retry
	}
	if raw.id != "" {
		s.after = raw.id
	}
	if raw.name == "" {
		return true, nil
	}
	e := Event{ID: raw.id}
	switch raw.name {
	case "hello":
		if s.begun {
			return true, nil // Nothing was missed since the connection before.
		}
		e.Begun = true
	case "reset":
		e.Reset = true
	case "ingest":
		e.Ingest, err = dataOf[IngestEvent](raw)
	case "profile":
		e.Profile, err = dataOf[ProfileEvent](raw)
	case "playback":
		e.Playback, err = dataOf[PlaybackEvent](raw)
	}
	if err != nil {
		return true, err
	}
	s.begun = true
	return yield(e, nil), nil
}

func dataOf[T any](raw rawEvent) (*T, error) {
	var data T
	if err := json.Unmarshal([]byte(raw.data), &data); err != nil {
		return nil, fmt.Errorf("read the event %s: %w", raw.id, err)
	}
	return &data, nil
}

// rawEvent is an event as it comes (WHATWG HTML, section 9.2.6), with the data
// on one line, as the server writes it.
type rawEvent struct {
	id, name, data string
	retry          time.Duration
}

func (e *rawEvent) line(line string) {
	field, value, _ := strings.Cut(line, ":")
	value = strings.TrimPrefix(value, " ")
	switch field {
	case "id":
		e.id = value
	case "event":
		e.name = value
	case "data":
		e.data = value
	case "retry":
		if ms, err := time.ParseDuration(value + "ms"); err == nil && ms > 0 && ms <= maxElapsed {
			e.retry = ms
		}
	}
}
