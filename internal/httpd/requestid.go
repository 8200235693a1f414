package httpd

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"regexp"
)

// requestIDHeader names the id of a request, in requests and answers.
const requestIDHeader = "X-Request-Id"

// requestIDPattern is what is taken over from a client or a proxy: enough for
// the usual kinds of ids, and nothing that could be mistaken in a log.
var requestIDPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:+=/-]{0,127}$`)

type requestIDKey struct{}

// withRequestID gives the request an id, the client's own where that is sane,
// and tells it in the answer.
func withRequestID(w http.ResponseWriter, r *http.Request) *http.Request {
	given := r.Header.Values(requestIDHeader)
	id := ""
	if len(given) == 1 && requestIDPattern.MatchString(given[0]) {
		id = given[0]
	} else {
		id = rand.Text()
	}
	w.Header().Set(requestIDHeader, id)
	return r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
}

// Traced is a logger that adds the requestId to every line that is logged with
// the context of a request.
func Traced(log *slog.Logger) *slog.Logger { return slog.New(traced{log.Handler()}) }

type traced struct{ slog.Handler }

// Handle implements [slog.Handler].
func (t traced) Handle(ctx context.Context, r slog.Record) error {
	if id, ok := ctx.Value(requestIDKey{}).(string); ok {
		r = r.Clone()
		r.AddAttrs(slog.String("requestId", id))
	}
	return t.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (t traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{t.Handler.WithAttrs(attrs)} }

// WithGroup implements [slog.Handler].
func (t traced) WithGroup(name string) slog.Handler { return traced{t.Handler.WithGroup(name)} }
