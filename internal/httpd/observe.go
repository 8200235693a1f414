package httpd

import "time"

// Observer hears of requests, for statistics. Its methods are quick and safe
// for concurrent use.
type Observer interface {
	RequestBegan()
	RequestEnded(e RequestEnd)
}

// RequestEnd is how a request was answered.
type RequestEnd struct {
	Method string // as the client sent it
	Route  string // path of the pattern that it matched, such as "/ingests/{id}"; "none" for none
	Status int    // 0: the answer was never begun
	Bytes  int64  // of the answer's body
	Took   time.Duration
}

// nobody is the Observer of a server that was given none.
type nobody struct{}

func (nobody) RequestBegan()           {}
func (nobody) RequestEnded(RequestEnd) {}
