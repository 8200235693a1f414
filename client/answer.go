package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxProblem bounds what is read of an error answer, in bytes.
const maxProblem = 1 << 20

// Error implements error: what is wrong, then every single problem that this
// does not say already.
func (p *Problem) Error() string {
	text := p.Detail
	if text == "" {
		text = fmt.Sprintf("the server answered %d %s", p.Status, p.Title)
	}
	for _, f := range p.Problems {
		switch {
		case strings.Contains(p.Detail, f.Path) && strings.Contains(p.Detail, f.Message):
			// The detail of a single problem has it all.
		case f.Path == "":
			text += "\n  " + f.Message
		default:
			text += fmt.Sprintf("\n  %s: %s", f.Path, f.Message)
		}
	}
	if p.ErrorID != "" {
		text += fmt.Sprintf(" (error id %s)", p.ErrorID)
	}
	return text
}

// decode reads a successful answer into a T.
func decode[T any](resp *http.Response, err error) (*T, error) {
	if err := check(resp, err); err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var answer T
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, fmt.Errorf("read the answer to %s %s: %w", resp.Request.Method, resp.Request.URL.Path, err)
	}
	return &answer, nil
}

// done closes an answer whose body does not matter.
func done(resp *http.Response, err error) error {
	if err := check(resp, err); err != nil {
		return err
	}
	return resp.Body.Close()
}

// check gives the error of a request that failed or was refused, and closes
// the answer then.
func check(resp *http.Response, err error) error {
	if err != nil {
		return err
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	defer resp.Body.Close()
	return problemOf(resp)
}

// problemOf reads a problem document. An answer without one, as from a proxy,
// gives a Problem of its status alone.
func problemOf(resp *http.Response) *Problem {
	p := &Problem{}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
	if err != nil || json.Unmarshal(text, p) != nil || p.Status == 0 {
		p = &Problem{Type: "about:blank"}
	}
	p.Status, p.Title = resp.StatusCode, http.StatusText(resp.StatusCode)
	return p
}

// status is the HTTP status of a Problem in err's chain, or 0.
func status(err error) int {
	var p *Problem
	if errors.As(err, &p) {
		return p.Status
	}
	return 0
}
