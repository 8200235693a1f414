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
	maxElapsed   = 30 * time.Second
)

// retrying sends requests that may safely be repeated again, while the server
// is away or says that it is.
type retrying struct{ client *http.Client }

// Do implements HttpRequestDoer.
func (r retrying) Do(req *http.Request) (*http.Response, error) {
	if !repeatable(req) {
		return r.client.Do(req)
	}
	tries := 0
	try := func() (*http.Response, error) {
		tries++
		if err := rewind(req, tries); err != nil {
			return nil, backoff.Permanent(err)
		}
		resp, err := r.client.Do(req)
		switch {
		case err != nil && !errors.Is(err, syscall.ECONNREFUSED):
			return nil, backoff.Permanent(err)
		case err != nil:
			return nil, err
		case tries < maxTries && away(resp.StatusCode):
			return nil, postpone(resp)
		}
		return resp, nil
	}
	return backoff.Retry(req.Context(), try,
		backoff.WithBackOff(pauses()), backoff.WithMaxTries(maxTries), backoff.WithMaxElapsedTime(maxElapsed))
}

func pauses() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.Multiplier = firstPause, longestPause, 2
	return b
}

// repeatable tells whether sending the request twice does no more than once.
func repeatable(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return true
	}
	return req.Header.Get("Idempotency-Key") != ""
}

func away(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// postpone turns an answer into the error that is retried, after the seconds
// that it asks for. Longer than longestPause is not waited for.
func postpone(resp *http.Response) error {
	defer resp.Body.Close()
	problem := problemOf(resp)
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		return problem
	}
	if time.Duration(seconds)*time.Second > longestPause {
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
