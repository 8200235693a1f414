package httpd

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	// smallBody is how many bytes of a body are read without asking whether there
	// is room. All but imports and long profiles are smaller.
	smallBody = 64 << 10
	// allBodies is how many bytes of large bodies are held at once. An import
	// costs some ten times its size until it is done.
	allBodies = maxImport
	// roomPatience is how long a large body waits for others to be done.
	roomPatience = 10 * time.Second
)

// bodyRoom bounds the memory that large bodies take, however many are sent at
// once.
type bodyRoom struct{ bytes *semaphore.Weighted }

func newBodyRoom() *bodyRoom { return &bodyRoom{semaphore.NewWeighted(allBodies)} }

// place is for one body. It holds nothing yet.
func (b *bodyRoom) place() *bodyPlace { return &bodyPlace{room: b} }

type bodyPlace struct {
	room *bodyRoom
	size int64
}

// take waits for room for that many bytes, at most allBodies, or is an
// Unavailable fault.
func (p *bodyPlace) take(r *http.Request, size int64) error {
	ctx, cancel := context.WithTimeout(r.Context(), roomPatience)
	defer cancel()
	if err := p.room.bytes.Acquire(ctx, size); err != nil {
		return vod.Faultf(vod.Unavailable, "The server is busy with other large bodies. Try again in a moment.")
	}
	p.size = size
	return nil
}

// leave gives the room to others.
func (p *bodyPlace) leave() { p.room.bytes.Release(p.size) }
