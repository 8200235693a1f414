package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// The aims.
const (
	aimHot      = 0.5 // of the limit's requests per second
	aimUncached = 0.1 // of the limit's requests per second
	aimGrowth   = 2   // p99 at N ingests by that at the small number
)

// size is what a server and its database took.
type size struct {
	n      int
	signIn bool
	rss    int64 // bytes
	file   int64 // bytes
}

// report writes a table of all results, a line of what is compared, and what
// became of the aims.
func report(w io.Writer, o options, all []result, sizes []size) error {
	small := map[string]result{}
	for _, r := range all {
		if r.n == o.Small {
			small[r.key()] = r
		}
	}
	table := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	fmt.Fprintln(table, "| ingests\t| sign-in\t| updates\t| case\t| bytes\t| requests/s\t| limit\t| ratio\t| p50\t| p99\t| p99 growth\t|")
	fmt.Fprintln(table, "|---:\t|---\t|---\t|---\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|")
	var missed []string
	for _, r := range all {
		growth := ""
		if r.n != o.Small {
			factor := r.p99.Seconds() / small[r.key()].p99.Seconds()
			growth = fmt.Sprintf("%.2f", factor)
			if factor > aimGrowth {
				missed = append(missed, fmt.Sprintf("%s: p99 is %.2f times that at %d ingests", r.title(), factor, o.Small))
			}
		}
		if r.ratio < r.aim() {
			missed = append(missed, fmt.Sprintf("%s: %.3f of the limit, aimed at %.1f", r.title(), r.ratio, r.aim()))
		}
		fmt.Fprintf(table, "| %d\t| %s\t| %s\t| %s\t| %d\t| %.0f\t| %.0f\t| %.2f\t| %s\t| %s\t| %s\t|\n",
			r.n, onOff(r.signIn), onOff(r.updates), r.name, r.bytes, r.perSecond, r.limit, r.ratio, short(r.p50), short(r.p99), growth)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, s := range sizes {
		fmt.Fprintf(w, "%d ingests, sign-in %s: %.0f MB of memory after the run; the database had %.0f MB.\n",
			s.n, onOff(s.signIn), float64(s.rss)/1e6, float64(s.file)/1e6)
	}
	fmt.Fprintf(w, "\nAims: a hot page at %.1f of the limit, all other lists at %.1f; p99 at %d ingests at most %d times that at %d.\n",
		aimHot, aimUncached, o.N, aimGrowth, o.Small)
	if len(missed) == 0 {
		fmt.Fprintln(w, "All are met.")
	}
	for _, m := range missed {
		fmt.Fprintln(w, "NOT MET:", m)
	}
	return nil
}

func (r result) aim() float64 {
	switch {
	case r.hot:
		return aimHot
	case r.detail:
		return 0 // Most of it is its documents; it is measured to be known.
	}
	return aimUncached
}

// key is the same for one case at all numbers of ingests.
func (r result) key() string { return fmt.Sprint(r.name, r.signIn, r.updates) }

func (r result) title() string {
	return fmt.Sprintf("%s, %d ingests, sign-in %s, updates %s", r.name, r.n, onOff(r.signIn), onOff(r.updates))
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func short(d time.Duration) string { return fmt.Sprintf("%.2f ms", d.Seconds()*1000) }
