package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	maxBody     = 8 << 20          // bytes of an answer that are read
	maxSilence  = 3                // requests in a row without an answer, after which the run ends
	maxPatience = 30 * time.Second // for a Retry-After
	maxWaits    = 3                // for Retry-After, per request
	interrupted = "interrupted"    // why a run stopped
)

// request is what to ask.
type request struct {
	method string // "": GET
	path   string // below the server's address, escaped
	query  url.Values
	header http.Header
	body   string
	// anonymous leaves out the token.
	anonymous bool
}

// answer is what came back. Without one, err says why and the rest is zero.
type answer struct {
	curl   string
	status int
	header http.Header
	body   []byte
	took   time.Duration
	err    error
	json   *value // nil if the body is no JSON
	badly  error  // why it is none
}

// get asks for a path with parameters given as names and values in turn.
func (r *run) get(ctx context.Context, path string, params ...string) *answer {
	query := url.Values{}
	for i := 0; i+1 < len(params); i += 2 {
		query.Add(params[i], params[i+1])
	}
	return r.ask(ctx, request{path: path, query: query})
}

// ask makes one request and, where the server asks for patience (429 and 503
// with Retry-After, RFC 9110 section 10.2.3), waits and makes it again.
func (r *run) ask(ctx context.Context, q request) *answer {
	for waits := 0; ; waits++ {
		a := r.once(ctx, q)
		wait, asked := patience(a)
		if !asked || waits == maxWaits {
			if a.status == http.StatusTooManyRequests && r.stopped == "" { // Whatever would follow tells nothing of the rules.
				r.stopped = "the server takes no more requests for now (429)"
			}
			return a
		}
		select {
		case <-ctx.Done():
			return a
		case <-time.After(wait):
		}
	}
}

func patience(a *answer) (time.Duration, bool) {
	if a.status != http.StatusTooManyRequests && a.status != http.StatusServiceUnavailable {
		return 0, false
	}
	seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
	wait := time.Duration(seconds) * time.Second
	return wait, err == nil && wait >= 0 && wait <= maxPatience
}

func (r *run) once(ctx context.Context, q request) *answer {
	if q.method == "" {
		q.method = http.MethodGet
	}
	address := r.base + q.path
	if len(q.query) > 0 {
		address += "?" + q.query.Encode()
	}
	header := r.headers(q)
	a := &answer{curl: curl(q.method, address, header, q.body)}
	if r.requests >= r.options.MaxRequests && r.stopped == "" {
		r.stopped = fmt.Sprintf("the %d requests that were allowed are used up (--max-requests)", r.options.MaxRequests)
	}
	if ctx.Err() != nil && r.stopped == "" {
		r.stopped = interrupted
	}
	if r.stopped != "" {
		a.err = errors.New(r.stopped)
		return a
	}
	r.requests++
	began := time.Now()
	a.err = r.fill(ctx, a, q.method, address, header, q.body)
	a.took = time.Since(began)
	if ctx.Err() != nil { // Not the server's fault.
		r.stopped = interrupted
	} else {
		r.hear(a)
	}
	return a
}

func (r *run) headers(q request) http.Header {
	h := http.Header{"User-Agent": {"orchestrate-conformance"}}
	if r.options.Token != "" && !q.anonymous {
		h.Set("Authorization", "Bearer "+r.options.Token)
	}
	if r.options.Tenant != "" {
		h.Set("X-Vimond-Tenant", r.options.Tenant)
	}
	for name, values := range q.header {
		h[name] = values
	}
	return h
}

func (r *run) fill(ctx context.Context, a *answer, method, address string, header http.Header, body string) error {
	ctx, cancel := context.WithTimeout(ctx, r.options.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = header
	resp, err := r.http.Do(req)
	if err != nil {
		return r.plain(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return r.plain(err)
	case len(text) > maxBody:
		return fmt.Errorf("an answer of more than %d MiB", maxBody>>20)
	}
	a.status, a.header, a.body = resp.StatusCode, resp.Header, text
	a.json, a.badly = parse(text)
	return nil
}

// plain says why there is no answer without the address, which stands beside.
func (r *run) plain(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no whole answer within %v", r.options.Timeout)
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return fmt.Errorf("no whole answer: %w", err)
}

// hear ends the run once the server has stopped answering.
func (r *run) hear(a *answer) {
	if a.err == nil {
		r.silence = 0
		return
	}
	if r.unheard == nil && r.stopped == "" {
		r.unheard = a
	}
	if r.silence++; r.silence == maxSilence && r.stopped == "" {
		r.stopped = fmt.Sprintf("the server gave no answer to %d requests in a row", maxSilence)
	}
}

// String tells the answer in a line.
func (a *answer) String() string {
	if a.err != nil {
		return a.err.Error()
	}
	words := []string{strings.TrimSpace(strconv.Itoa(a.status) + " " + http.StatusText(a.status))}
	if kind := a.header.Get("Content-Type"); kind != "" {
		words = append(words, kind)
	}
	if len(a.body) > 0 {
		words = append(words, short(string(a.body)))
	}
	return strings.Join(words, ", ")
}

// short cuts text for a line of the report.
func short(text string) string {
	const room = 160 // bytes
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	if len(text) <= room {
		return text
	}
	return strings.ToValidUTF8(text[:room], "") + "…"
}
