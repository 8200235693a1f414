package vod

import "errors"

// Class says whose fault an error of a step is and whether another attempt
// may help.
type Class string

// The error classes.
const (
	ClassMedia     Class = "MEDIA"     // the source is bad: permanent
	ClassConfig    Class = "CONFIG"    // profile or credentials are bad: permanent
	ClassRemote    Class = "REMOTE"    // another system did not do its part
	ClassInfra     Class = "INFRA"     // this machine did not do its part
	ClassCancelled Class = "CANCELLED" // somebody asked to stop
)

// Retryable tells whether another attempt may succeed.
func (c Class) Retryable() bool { return c == ClassRemote || c == ClassInfra }

// Reason names what went wrong within a class, for badges and metrics.
type Reason string

// The reasons.
const (
	ReasonSourceMissing    Reason = "source_missing"
	ReasonSourceUnreadable Reason = "source_unreadable"
	ReasonBadMedia         Reason = "bad_media"
	ReasonChecksum         Reason = "checksum"
	ReasonEncoder          Reason = "encoder"
	ReasonVerify           Reason = "verify"
	ReasonDiskFull         Reason = "disk_full"
	ReasonForbidden        Reason = "forbidden"
	ReasonRateLimited      Reason = "rate_limited"
	ReasonUnreachable      Reason = "unreachable"
	ReasonTimeout          Reason = "timeout"
	ReasonStalled          Reason = "stalled"
	ReasonLost             Reason = "lost"
	ReasonConfig           Reason = "config"
	ReasonInternal         Reason = "internal"
	ReasonCancelled        Reason = "cancelled"
	// ReasonWaits: something else has to end first. Such an attempt does not count
	// as one that failed.
	ReasonWaits Reason = "waits"
)

// StepError is why an attempt failed. Message is for the person on call: what
// happened, to what. Hint says what to do next.
type StepError struct {
	Class   Class  `json:"class"`
	Reason  Reason `json:"reason"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	// Cause is for the log only; it may hold what a user must not see.
	Cause error `json:"-"`
}

// Error implements error.
func (e *StepError) Error() string {
	if e.Cause != nil {
		return e.Message + ": " + e.Cause.Error()
	}
	return e.Message
}

// Sentence is the message, and what to do about it. A nil error has none.
func (e *StepError) Sentence() string {
	switch {
	case e == nil:
		return "No reason was recorded."
	case e.Hint == "":
		return e.Message
	}
	return e.Message + " " + e.Hint
}

// Unwrap gives the cause.
func (e *StepError) Unwrap() error { return e.Cause }

// AsStepError finds the StepError in err's chain. An error without one is an
// internal INFRA error with a message that tells no detail.
func AsStepError(err error) *StepError {
	var se *StepError
	if errors.As(err, &se) {
		return se
	}
	return &StepError{
		Class: ClassInfra, Reason: ReasonInternal, Cause: err,
		Message: "The step failed for a reason that it does not know.",
		Hint:    "Look up the ingest id in the server's log.",
	}
}

// Causes with which a running attempt's context is cancelled; see
// [context.Cause].
var (
	// ErrCancelled: the ingest is being cancelled.
	ErrCancelled = errors.New("the ingest is being cancelled")
	// ErrStopping: the process is shutting down; the attempt does not count.
	ErrStopping = errors.New("the server is stopping")
)
