package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Options say what to test, and how far a run may go.
type Options struct {
	// Server is the address of the API, http or https, with the path that it
	// stands below.
	Server string
	Token  string // of the bearer; "": none
	Tenant string // for X-Vimond-Tenant; "": no header
	// Only are the ids of the checks to make; empty: all.
	Only []string
	// Write allows cancels of ingests that are over, which change nothing on a
	// server that keeps the rules.
	Write bool
	// Submit is the address of a video to ingest and cancel, for asset Asset.
	// It needs Write, and a server of this project.
	Submit, Asset string
	// MaxRequests bounds the run; 0: 500.
	MaxRequests int
	// Timeout is for each request with its answer; 0: 10 s.
	Timeout time.Duration
	// Begun is told of each check before it is made, and Ended its result;
	// either may be nil.
	Begun func(Check)
	Ended func(Result)
}

const (
	defaultRequests = 500
	defaultTimeout  = 10 * time.Second
	maxSurveys      = 3
	noList          = "GET /ingests gives no list"
)

// run is a run under way.
type run struct {
	options  Options
	base     string // the server's address without a slash at its end
	http     *http.Client
	requests int
	silence  int     // requests in a row without an answer
	stopped  string  // why no more requests are made
	unheard  *answer // the first that did not come

	look    survey
	surveys int
	signIn  *access // nil until looked at
	guest   guest
}

// Run makes the checks one after the other. The error is for options that
// cannot be used, or that of ctx if it ended the run; the report then holds
// what was found until then.
func Run(ctx context.Context, o Options) (Report, error) {
	if err := o.Check(); err != nil {
		return Report{}, err
	}
	r := newRun(o)
	defer r.http.CloseIdleConnections()
	began := time.Now()
	report := Report{Server: r.base}
	r.invite(ctx)
	defer r.sendHome(ctx)
	r.survey(ctx)
	for _, c := range chosen(o.Only) {
		if o.Begun != nil {
			o.Begun(c)
		}
		result := c.result(r.make(ctx, c))
		report.add(result)
		if o.Ended != nil {
			o.Ended(result)
		}
	}
	report.finish(r.requests, time.Since(began))
	return report, ctx.Err()
}

// Check tells whether a run can be made of the options.
func (o Options) Check() error {
	u, err := url.Parse(o.Server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errors.New("the server must be an http or https address")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("the server's address must have no user, query or fragment")
	}
	if o.Submit != "" && (!o.Write || o.Asset == "") {
		return errors.New("submitting a video needs leave to write, and an asset")
	}
	for _, id := range o.Only {
		if !slices.ContainsFunc(Checks(), func(c Check) bool { return c.ID == id }) {
			return fmt.Errorf("there is no check %q", id)
		}
	}
	return nil
}

func newRun(o Options) *run {
	if o.MaxRequests <= 0 {
		o.MaxRequests = defaultRequests
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: o.Timeout, MaxResponseHeaderBytes: 1 << 20,
		DisableCompression: true, MaxConnsPerHost: 1, ForceAttemptHTTP2: true,
	}
	return &run{options: o, base: strings.TrimRight(o.Server, "/"), http: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func chosen(only []string) []Check {
	if len(only) == 0 {
		return Checks()
	}
	return slices.DeleteFunc(Checks(), func(c Check) bool { return !slices.Contains(only, c.ID) })
}

// make makes a check, a second time on a new survey if moving data differs.
func (r *run) make(ctx context.Context, c Check) verdict {
	v := r.attempt(ctx, c)
	if !c.moving || len(v.findings) == 0 {
		return v
	}
	if r.surveys < maxSurveys {
		r.survey(ctx)
	}
	return r.attempt(ctx, c)
}

func (r *run) attempt(ctx context.Context, c Check) verdict {
	switch {
	case c.bare:
	case r.stopped != "":
		return verdict{untested: r.stopped, unreached: true}
	case !r.look.answered:
		return verdict{untested: noList, unreached: true}
	}
	v := c.run(ctx, r)
	if r.stopped != "" && !c.bare {
		// What looks like a difference is a request that was not made.
		return verdict{untested: r.stopped, unreached: true}
	}
	return v
}
