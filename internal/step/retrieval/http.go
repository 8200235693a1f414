package retrieval

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/netguard"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// maxCuts is how often in a row a download may break off without having
	// brought resumeStep new bytes.
	maxCuts = 5
	// resumeStep is how many new bytes make a cut download worth going on with.
	resumeStep = 64 << 10
	maxPause   = 5 * time.Second
	// stallFloor is how many bytes a source has to send within the time after
	// which it counts as stalled, unless fewer are left: one that sends a byte
	// now and then would hold its slot for ever.
	stallFloor = 64 << 10
)

var errStalled = errors.New("the source sends nothing or next to nothing")

// httpSource is a file at an http(s) address.
type httpSource struct {
	client *http.Client
	url    *url.URL // may hold a secret query
	shown  string
	stall  time.Duration
	pause  time.Duration
	log    *slog.Logger
}

// cut is a download that broke off and may be gone on with.
type cut struct {
	*vod.StepError
	short   bool // the server ended the body in order, but too early
	stalled bool
}

func (h *httpSource) Name() string { return path.Base(h.url.Path) }

func (h *httpSource) Close() error { return nil }

// CopyTo implements source. After a cut it goes on, up to [maxCuts] times in a
// row; a body that twice ends at the same place before its announced length is
// a bad source, and a server that stalls again without new bytes is left to a
// later attempt.
func (h *httpSource) CopyTo(ctx context.Context, s *sink) error {
	d := download{httpSource: h, sink: s}
	var farthest, shortAt int64 = 0, -1
	for cuts := 1; ; cuts++ {
		err := d.once(ctx)
		var c *cut
		if ctx.Err() != nil || !errors.As(err, &c) {
			return err
		}
		if s.size-farthest >= resumeStep {
			farthest, cuts = s.size, 1
		} else if c.stalled {
			return c.StepError
		}
		if c.short && shortAt == s.size {
			return shortError(h.shown, s.size, s.total)
		}
		if c.short {
			shortAt = s.size
		}
		if cuts > maxCuts {
			return c.StepError
		}
		h.log.InfoContext(ctx, "download broke off, going on", "source", h.shown, "bytes", s.size, "why", c.Message)
		if err := wait(ctx, min(h.pause<<(cuts-1), maxPause)); err != nil {
			return err
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// download is what is known from one request to the next.
type download struct {
	*httpSource
	sink *sink
	// validator identifies the version of the file (RFC 9110, 13.1.5); empty
	// when there is none that is strong, or the server has no ranges.
	validator string
	host      string // that was asked last: redirects lead elsewhere
	window    int    // bytes that came since the stall watch began anew
}

// once makes one request, for the bytes that are missing if that is possible,
// and copies its body.
func (d *download) once(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(d.stall, func() { cancel(errStalled) })
	defer watch.Stop()

	d.host, d.window = d.url.Hostname(), 0
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url.String(), nil)
	if err != nil {
		return netguard.Explain(d.host, err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	ranged := d.sink.size > 0 && d.validator != ""
	if ranged {
		req.Header.Set("Range", "bytes="+strconv.FormatInt(d.sink.size, 10)+"-")
		req.Header.Set("If-Range", d.validator)
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return d.broken(ctx, err, false)
	}
	defer resp.Body.Close()
	d.host = resp.Request.URL.Hostname()
	if err := d.begin(resp, ranged); err != nil {
		return err
	}
	return d.copy(ctx, resp.Body, watch)
}

// begin looks at the answer's header and makes the sink ready for its body.
func (d *download) begin(resp *http.Response, ranged bool) error {
	switch {
	case resp.StatusCode == http.StatusPartialContent && ranged:
		if !sameVersion(d.validator, resp.Header) {
			d.validator = ""
			return &cut{StepError: changedError(d.shown)}
		}
		if first, total, ok := contentRange(resp.Header.Get("Content-Range")); ok && first == d.sink.size && total == d.sink.total {
			return nil
		}
		fallthrough
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable && ranged:
		d.validator = "" // from the start next time
		return &cut{StepError: statusError(d.shown, resp.StatusCode)}
	case resp.StatusCode != http.StatusOK:
		e := statusError(d.shown, resp.StatusCode)
		if e.Class == vod.ClassRemote && d.sink.size > 0 {
			return &cut{StepError: e}
		}
		return e
	}
	if coding := resp.Header.Get("Content-Encoding"); coding != "" && coding != "identity" && coding != "aws-chunked" {
		return &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonSourceUnreadable,
			Message: d.shown + " is sent compressed, although it was asked for as it is.",
			Hint:    "Have its server send the file without Content-Encoding.",
		}
	}
	if d.sink.size > 0 {
		if err := d.sink.reset(); err != nil {
			return err
		}
	}
	d.validator = strongValidator(resp.Header)
	return d.sink.expect(resp.ContentLength)
}

// copy copies the body to its end. The watch fires when less than stallFloor
// came while reading for as long as a stall takes; a slow disk is not the
// source's fault.
func (d *download) copy(ctx context.Context, body io.Reader, watch *time.Timer) error {
	left := d.stall
	for {
		began := time.Now()
		watch.Reset(left)
		n, err := body.Read(d.sink.buffer)
		watch.Stop()
		left -= time.Since(began)
		if n > 0 {
			if _, werr := d.sink.Write(d.sink.buffer[:n]); werr != nil {
				return werr
			}
		}
		if d.window += n; d.window >= stallFloor {
			left, d.window = d.stall, 0
		}
		if errors.Is(err, io.EOF) && (d.sink.total < 0 || d.sink.size == d.sink.total) {
			return nil
		}
		if err != nil {
			ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
			return d.broken(ctx, err, ended && d.sink.total >= 0)
		}
	}
}

// broken is a request without an answer, or an answer that ended too early. It
// can be gone on with once there are bytes.
func (d *download) broken(ctx context.Context, err error, short bool) error {
	s := d.sink
	if context.Cause(ctx) == errStalled { //nolint:errorlint // The cause is this value itself.
		return &cut{StepError: stalledError(d.shown, d.stall.Seconds(), d.window, s.size, s.total), stalled: true}
	}
	why := netguard.Explain(d.host, err)
	if !why.Class.Retryable() {
		return why
	}
	c := &cut{StepError: cutErrorAfter(d.shown, why, s.size, s.total), short: short}
	if s.size == 0 && !short {
		return c.StepError
	}
	return c
}
