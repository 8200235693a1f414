package conformance

import (
	"slices"
	"time"
)

// Level tells where the rule of a check stands.
type Level string

// The levels.
const (
	Contract  Level = "contract"  // the API page says so
	Extension Level = "extension" // this project's rule where the page is silent
)

// Outcome is how a check ended.
type Outcome string

// The outcomes.
const (
	OK        Outcome = "ok"
	Differs   Outcome = "differs"
	NotTested Outcome = "not tested" // the server has no data for it, or it was not allowed
)

// Finding is one difference.
type Finding struct {
	Wanted string `json:"wanted"`
	Got    string `json:"got"`
	// Curl repeats the request; the token is $TOKEN there.
	Curl string `json:"curl,omitempty"`
}

// Result is what a check came to.
type Result struct {
	ID      string  `json:"id"`
	Group   string  `json:"group"`
	Title   string  `json:"title"`
	Level   Level   `json:"level"`
	Outcome Outcome `json:"outcome"`
	// Reason says why it was not tested.
	Reason string `json:"reason,omitempty"`
	// Unreached tells that the run did not get to the check: nothing but the
	// Reason, which many share, is to be said of it.
	Unreached bool      `json:"unreached,omitempty"`
	Findings  []Finding `json:"findings,omitempty"`
	// More is how many differences there are beside the findings.
	More int `json:"more,omitempty"`
}

// Tally counts outcomes.
type Tally struct {
	OK        int `json:"ok"`
	Differs   int `json:"differs"`
	NotTested int `json:"notTested"`
}

// Report is the outcome of a run.
type Report struct {
	Server    string   `json:"server"`
	Checks    []Result `json:"checks"`
	Contract  Tally    `json:"contract"`
	Extension Tally    `json:"extension"`
	Requests  int      `json:"requests"`
	// Took is in milliseconds.
	Took int64 `json:"took"`
}

// Conforms tells whether no check of the contract differs; with strict, no
// check at all. A server that gave no list does not conform.
func (r Report) Conforms(strict bool) bool {
	return !r.Silent() && r.Contract.Differs == 0 && (!strict || r.Extension.Differs == 0)
}

// Silent tells that the server gave no list, so that next to nothing was tested:
// it may be another server, or the token is not good.
func (r Report) Silent() bool {
	return slices.ContainsFunc(r.Checks, func(c Result) bool { return c.Unreached && c.Reason == noList })
}

func (r *Report) add(result Result) {
	r.Checks = append(r.Checks, result)
	tally := &r.Contract
	if result.Level == Extension {
		tally = &r.Extension
	}
	switch result.Outcome {
	case OK:
		tally.OK++
	case Differs:
		tally.Differs++
	case NotTested:
		tally.NotTested++
	}
}

func (r *Report) finish(requests int, took time.Duration) {
	r.Requests, r.Took = requests, took.Milliseconds()
}
