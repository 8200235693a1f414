package retrieval

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func emptyError(shown string) error {
	return &vod.StepError{
		Class: vod.ClassMedia, Reason: vod.ReasonBadMedia,
		Message: fmt.Sprintf("%s is empty: it has no bytes.", shown),
		Hint:    "Check how the file was made, and submit it again.",
	}
}

func checksumError(shown, want, got string) error {
	return &vod.StepError{
		Class: vod.ClassMedia, Reason: vod.ReasonChecksum,
		Message: fmt.Sprintf("%s has MD5 %s, not %s as was said. It was read twice.", shown, got, want),
		Hint:    "Check that the right file is at the address, and that md5sum is of it.",
	}
}

// shortError is for a body that is shorter than its length promised, twice in
// the same way: the server has no more.
func shortError(shown string, got, promised int64) error {
	return &vod.StepError{
		Class: vod.ClassMedia, Reason: vod.ReasonSourceUnreadable,
		Message: fmt.Sprintf("%s is shorter than promised: its server announces %d bytes and twice sent only %d.", shown, promised, got),
		Hint:    "Check that the file at the source is complete, and submit it again.",
	}
}

// stalledError is for a server that within so many seconds sent too little:
// window bytes.
func stalledError(shown string, seconds float64, window int, got, total int64) *vod.StepError {
	sent := fmt.Sprintf("sent nothing for %g s", seconds)
	if window > 0 {
		sent = fmt.Sprintf("sent only %d bytes in %g s and was given up", window, seconds)
	}
	return &vod.StepError{
		Class: vod.ClassRemote, Reason: vod.ReasonStalled,
		Message: fmt.Sprintf("The server of %s %s after %s.", shown, sent, ofTotal(got, total)),
		Hint:    "Check the server and the network between, then retry the ingest.",
	}
}

// changedError is for a part of another version than the bytes that are there.
func changedError(shown string) *vod.StepError {
	return &vod.StepError{
		Class: vod.ClassRemote, Reason: vod.ReasonSourceUnreadable,
		Message: fmt.Sprintf("%s changed while it was read: its server goes on with another version of it.", shown),
		Hint:    "Submit a file once it is complete.",
	}
}

// cutErrorAfter adds to why a download ended how far it was.
func cutErrorAfter(shown string, why *vod.StepError, got, total int64) *vod.StepError {
	e := *why
	e.Message = fmt.Sprintf("Reading %s broke off after %s. %s", shown, ofTotal(got, total), why.Message)
	return &e
}

func ofTotal(got, total int64) string {
	if total < 0 {
		return fmt.Sprintf("%d bytes", got)
	}
	return fmt.Sprintf("%d of %d bytes", got, total)
}

// statusError is for an answer that is not the file.
func statusError(shown string, status int) *vod.StepError {
	e := &vod.StepError{
		Class: vod.ClassMedia, Reason: vod.ReasonSourceUnreadable,
		Message: fmt.Sprintf("%s cannot be read: its server answers %s.", shown, statusText(status)),
		Hint:    "Check the address, and submit the right one.",
	}
	switch {
	case status == http.StatusNotFound, status == http.StatusGone:
		e.Reason = vod.ReasonSourceMissing
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Reason = vod.ReasonForbidden
		e.Hint = "Check that the address is public or its signature still valid, and submit it again."
	case status == http.StatusTooManyRequests, status == http.StatusTooEarly:
		e.Class, e.Reason = vod.ClassRemote, vod.ReasonRateLimited
	case status == http.StatusRequestTimeout:
		e.Class, e.Reason = vod.ClassRemote, vod.ReasonTimeout
	case status >= http.StatusInternalServerError:
		e.Class = vod.ClassRemote
	}
	if e.Class == vod.ClassRemote {
		e.Hint = "Wait until the server of the source is well again, then retry the ingest."
	}
	return e
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return fmt.Sprintf("%d %s", status, text)
	}
	return strconv.Itoa(status)
}
