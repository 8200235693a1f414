package upload

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"time"
)

// moveWait is how long a request waits for an upload to be moved: less than
// what proxies give an answer. The client is told to ask again.
const moveWait = 25 * time.Second

// settle returns once a complete upload is where all machines can open it, so
// that no client takes it for complete before it is. The move outlives the
// request, whose client may break off and ask again. It does nothing without a
// shelf.
func (s *Server) settle(ctx context.Context, id string) error {
	if s.Shelf == nil {
		return nil
	}
	timer := time.NewTimer(moveWait)
	defer timer.Stop()
	select {
	case moved := <-s.moves.DoChan(id, func() (any, error) { return nil, s.moveAlone(id) }):
		return moved.Err
	case <-ctx.Done():
	case <-timer.C:
	}
	return locked(id)
}

// moveAlone moves an upload that nobody else writes to.
func (s *Server) moveAlone(id string) error {
	s.moving.RLock()
	defer s.moving.RUnlock()
	if err := s.background.Err(); err != nil {
		return err
	}
	if !s.lock(id) {
		return locked(id)
	}
	defer s.unlock(id)
	err := s.move(s.background, id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // It was moved, or given up, before.
	}
	if err != nil && s.background.Err() == nil {
		s.Log.ErrorContext(s.background, "a complete upload cannot be moved to where all machines can open it; it is tried again", "upload", id, "error", err)
	}
	if err != nil {
		return &refusal{http.StatusServiceUnavailable, "All bytes have arrived, but the storage that they belong in does not take them now. They are kept; try again in a moment."}
	}
	return nil
}

// move brings an upload that the caller has locked to the shelf, if it is
// complete. A server that is killed in between begins again.
func (s *Server) move(ctx context.Context, id string) error {
	u, err := s.load(id)
	if err != nil || u.offset < u.Length {
		return err
	}
	data, err := s.root.Open(id + ".data")
	if err != nil {
		return err
	}
	defer data.Close()
	about, err := s.root.Open(id + ".json")
	if err != nil {
		return err
	}
	defer about.Close()
	if err := s.Shelf.put(ctx, u, data, about); err != nil {
		return err
	}
	return s.erase(id)
}

// moveAll moves, one after the other, what is complete and still here: its move
// was interrupted. What fails is in the log.
func (s *Server) moveAll(ids []string) {
	for _, id := range ids {
		if u, err := s.load(id); err != nil || u.offset < u.Length {
			continue // No lock is taken of one that is being received.
		}
		_, _, _ = s.moves.Do(id, func() (any, error) { return nil, s.moveAlone(id) })
	}
}

// find gives the tenant's upload, be it here or on the shelf, or an error that
// is [fs.ErrNotExist].
func (s *Server) find(ctx context.Context, tenant, id string) (upload, error) {
	u, err := s.findHere(tenant, id)
	if s.Shelf != nil && errors.Is(err, fs.ErrNotExist) {
		u, err = s.Shelf.find(ctx, tenant, id)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.Log.ErrorContext(ctx, "cannot look for an upload", "upload", id, "error", err)
			err = &refusal{http.StatusServiceUnavailable, "The storage of uploads does not answer. Try again in a moment."}
		}
	}
	return u, err
}

// take locks an upload of the tenant and gives it as it is then. The caller
// unlocks it.
func (s *Server) take(ctx context.Context, tenant, id string) (upload, error) {
	if _, err := s.find(ctx, tenant, id); err != nil {
		return upload{}, err
	}
	if !s.lock(id) {
		return upload{}, locked(id)
	}
	u, err := s.find(ctx, tenant, id) // Again, now that nobody else writes.
	if err != nil {
		s.unlock(id)
	}
	return u, err
}
