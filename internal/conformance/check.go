package conformance

import (
	"context"
	"fmt"
	"slices"
)

// Check is one rule that a server keeps or not.
type Check struct {
	ID    string // stable
	Group string
	Title string // the rule in a few words
	Level Level
	// Source tells where the rule stands, for the table of the documentation.
	Source string

	// moving checks compare answers that were given at different times. One that
	// differs is made again on a new survey.
	moving bool
	// bare checks need no list: all others are not tested without one.
	bare bool
	run  func(context.Context, *run) verdict
}

// Checks lists all checks in the order in which they are made.
func Checks() []Check {
	return slices.Concat(
		listChecks(), itemChecks(), limitChecks(), cursorChecks(), filterChecks(), dateChecks(),
		detailChecks(), profileChecks(), taskChecks(), runningChecks(), httpChecks(), accessChecks(), cancelChecks(),
	)
}

// maxFindings is how many differences a check tells; it counts the others.
const maxFindings = 3

// verdict is what a check finds: nothing, differences, or why it cannot tell.
type verdict struct {
	findings []Finding
	more     int
	untested string
	// unreached tells that it was not even tried.
	unreached bool
}

// differ adds a difference that the answer shows.
func (v *verdict) differ(a *answer, wanted, got string) {
	if len(v.findings) == maxFindings {
		v.more++
		return
	}
	f := Finding{Wanted: wanted, Got: got}
	if a != nil {
		f.Curl = a.curl
	}
	v.findings = append(v.findings, f)
}

// unless adds a difference unless the rule is kept.
func (v *verdict) unless(kept bool, a *answer, wanted, got string) {
	if !kept {
		v.differ(a, wanted, got)
	}
}

func untested(format string, args ...any) verdict {
	return verdict{untested: fmt.Sprintf(format, args...)}
}

// orUntested is the verdict, or why there is none if nothing was looked at.
func (v verdict) orUntested(looked int, why string) verdict {
	if looked == 0 && len(v.findings) == 0 {
		return untested("%s", why)
	}
	return v
}

func (c Check) result(v verdict) Result {
	r := Result{ID: c.ID, Group: c.Group, Title: c.Title, Level: c.Level, Outcome: OK, Findings: v.findings, More: v.more}
	switch {
	case len(v.findings) > 0:
		r.Outcome = Differs
	case v.untested != "":
		r.Outcome, r.Reason, r.Unreached = NotTested, v.untested, v.unreached
	}
	return r
}
