package temporal

import "context"

// first tells whether the queue is to be polled now. Temporal orders what waits
// in one queue; which queue a free slot is for is decided here. While nothing
// waits all are polled, and so they are when there is a slot for each of them or
// Temporal does not tell.
func (s *slots) first(ctx context.Context, queue string) bool {
	free := s.free()
	if free == 0 || free >= len(s.queues) {
		return free > 0
	}
	s.looking.Lock() // What one learns serves all.
	defer s.looking.Unlock()
	own, err := s.backlog.of(ctx, queue)
	if err != nil {
		return true
	}
	ahead, anything, seen := 0, own.count > 0, false
	for _, name := range s.queues {
		if name == queue {
			seen = true
			continue
		}
		other, err := s.backlog.of(ctx, name)
		if err != nil {
			return true
		}
		anything = anything || other.count > 0
		if other.before(own) || !seen && !own.before(other) {
			ahead++
		}
	}
	return !anything || ahead < free
}

func (s *slots) free() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total - s.running
}
