package client

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	maxTries     = 5
	firstPause   = 200 * time.Millisecond
	longestPause = 5 * time.Second
	// maxElapsed bounds all tries together, and so what an answer may ask to
	// wait.
	maxElapsed = 30 * time.Second
)

// retrying sends requests again that may safely be repeated, while the server
// is away or says that it is, or that there are too many requests.
type retrying struct{ client *http.Client }

// Do implements HttpRequestDoer.
func (r retrying) Do(req *http.Request) (*http.Response, error) {
	tries := 0
	try := func() (*http.Response, error) {
		tries++
		if err := rewind(req, tries); err != nil {
			return nil, backoff.Permanent(err)
		}
		resp, err := r.client.Do(req)
		switch {
		case err != nil && !lost(req, err):
			return nil, backoff.Permanent(err)
		case err != nil:
			return nil, err
		case tries < maxTries && away(req, resp.StatusCode):
			return nil, postpone(resp)
		}
		return resp, nil
	}
	return backoff.Retry(req.Context(), try,
		backoff.WithBackOff(pauses()), backoff.WithMaxTries(maxTries), backoff.WithMaxElapsedTime(maxElapsed))
}

// pauses double from the first to the longest, each up to a half shorter or
// longer, so that many clients do not come back at once.
func pauses() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.Multiplier = firstPause, longestPause, 2
	return b
}

// repeatable tells whether sending the request twice does no more than once:
// RFC 9110 section 9.2.2, and the promise of Idempotency-Key.
func repeatable(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	}
	return req.Header.Get("Idempotency-Key") != ""
}

// lost tells whether a request without an answer may be sent again. One that
// found nobody to connect to was not carried out.
func lost(req *http.Request, err error) bool {
	if errors.Is(err, syscall.ECONNREFUSED) {
		return true
	}
	cut := errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	return cut && repeatable(req)
}

// away tells whether an answer is one to come back after. A request that was
// one too many was not carried out.
func away(req *http.Request, status int) bool {
	switch status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return repeatable(req)
	}
	return false
}

// postpone turns an answer into the error that is retried, after the seconds
// that it asks for. More than maxElapsed is not waited for.
func postpone(resp *http.Response) error {
	defer resp.Body.Close()
	problem := problemOf(resp)
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		return problem
	}
	if time.Duration(seconds)*time.Second > maxElapsed {
		return backoff.Permanent(problem)
	}
	return errors.Join(problem, backoff.RetryAfter(seconds))
}

// rewind makes the body readable once more for all tries but the first.
func rewind(req *http.Request, try int) error {
	if try == 1 || req.Body == nil || req.Body == http.NoBody {
		return nil
	}
	if req.GetBody == nil {
		return errors.New("the request's body cannot be read again")
	}
	body, err := req.GetBody()
	if err != nil {
		return err
	}
	req.Body = io.NopCloser(body)
	return nil
}
