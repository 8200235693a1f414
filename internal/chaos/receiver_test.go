package chaos

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/step/playout"
)

// receiver takes webhooks as a receiver has to: what comes again under the same
// key it answers as the first time, and does not do again. Every third it
// refuses at first.
type receiver struct {
	url string

	mu     sync.Mutex
	bodies map[string]string              // by key: what came first
	taken  map[string]map[string]struct{} // by ingest: the keys that took effect
	wrong  []string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{bodies: map[string]string{}, taken: map[string]map[string]struct{}{}}
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	r.url = s.URL
	return r
}

// ServeHTTP implements [http.Handler].
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // Its sender was killed.
	}
	w.WriteHeader(r.take(req.Header.Get("Idempotency-Key"), body))
}

// take gives the status of the answer.
func (r *receiver) take(key string, body []byte) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	var event playout.Event
	if err := json.Unmarshal(body, &event); err != nil || key == "" {
		r.wrong = append(r.wrong, "a webhook without key or event: "+key+" "+string(body))
		return http.StatusBadRequest
	}
	before, known := r.bodies[key]
	if known && before != string(body) {
		r.wrong = append(r.wrong, "the key "+key+" came with\n"+before+"\nand then with\n"+string(body))
		return http.StatusConflict
	}
	r.bodies[key] = string(body)
	if !known && len(r.bodies)%3 == 0 {
		return http.StatusServiceUnavailable
	}
	keys := r.taken[event.Data.IngestID]
	if keys == nil {
		keys = map[string]struct{}{}
		r.taken[event.Data.IngestID] = keys
	}
	keys[key] = struct{}{}
	return http.StatusNoContent
}

// effects tells how often the webhooks of an ingest took effect.
func (r *receiver) effects(ingestID string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.taken[ingestID])
}
