package ffmpeg

import (
	"context"
	"time"
)

// watch cancels a context with errStalled when nothing has moved for a while.
type watch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	moves  chan struct{}
	ended  chan struct{}
}

func newWatch(parent context.Context, after time.Duration) *watch {
	ctx, cancel := context.WithCancelCause(parent)
	w := &watch{ctx: ctx, cancel: cancel, moves: make(chan struct{}, 1), ended: make(chan struct{})}
	go w.run(after)
	return w
}

func (w *watch) run(after time.Duration) {
	defer close(w.ended)
	timer := time.NewTimer(after)
	defer timer.Stop()
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-w.moves:
			timer.Reset(after)
		case <-timer.C:
			w.cancel(errStalled)
			return
		}
	}
}

// moved tells that something did.
func (w *watch) moved() {
	select {
	case w.moves <- struct{}{}:
	default: // one is waiting to be heard
	}
}

// stop ends the watch and tells why the context had been cancelled; nil if it
// had not been.
func (w *watch) stop() error {
	cause := context.Cause(w.ctx)
	w.cancel(nil)
	<-w.ended
	return cause
}
