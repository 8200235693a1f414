package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/conformance"
)

type conformanceCmd struct {
	remote
	Strict      bool          `help:"Fail too where only an extension differs."`
	Only        []string      `placeholder:"ID" help:"Make these checks alone, such as list.order,cursor.walk."`
	Write       bool          `help:"Also cancel ingests that are over, which changes nothing on a server that keeps the rules."`
	Submit      string        `placeholder:"URL" help:"With --write and --asset: have the server ingest this video, and cancel that. For servers of this project."`
	Asset       string        `placeholder:"ID" help:"The asset that the submitted video is for."`
	MaxRequests int           `default:"500" placeholder:"N" help:"Ask at most so many times. Default: ${default}."`
	Timeout     time.Duration `default:"10s" placeholder:"TIME" help:"Wait so long for each answer. Default: ${default}."`
}

// Help implements kong.HelpProvider.
func (c *conformanceCmd) Help() string {
	return "Makes black-box checks against any server that claims to speak the VIA Orchestrate Status API, and prints what differs. " +
		"It reads what the server has, one request at a time, and changes nothing without --write. " +
		"Exit code 1: a check of the contract differs."
}

func (c *conformanceCmd) Run(ctx context.Context, sh *shell) error {
	o := conformance.Options{
		Server: c.Server, Token: c.Token.Reveal(), Tenant: c.Tenant, Only: c.Only, Write: c.Write,
		Submit: c.Submit, Asset: c.Asset, MaxRequests: c.MaxRequests, Timeout: c.Timeout,
	}
	if c.MaxRequests < 1 || c.Timeout <= 0 {
		return &usageError{"--max-requests and --timeout must be more than nothing", "--max-requests 500 --timeout 10s"}
	}
	if err := o.Check(); err != nil {
		return &usageError{err.Error(), "orchestrate conformance --help"}
	}
	paper := newPaper(sh.out)
	if !c.json() {
		o.Begun, o.Ended = paper.begun, paper.ended
	}
	report, err := conformance.Run(ctx, o)
	paper.clear()
	switch {
	case c.json():
		if err := c.print(sh.out, report); err != nil {
			return err
		}
	default:
		paper.sum(report, c.Strict)
	}
	if err != nil {
		return err
	}
	if !report.Conforms(c.Strict) {
		return outcome(exitFailed)
	}
	return nil
}

func (c *conformanceCmd) print(w io.Writer, report conformance.Report) error {
	text, err := json.Marshal(struct {
		conformance.Report
		Conforms bool `json:"conforms"`
	}{report, report.Conforms(c.Strict)})
	if err != nil {
		return err
	}
	return printJSON(w, text)
}

// paper is where the results for people go, as they come. In a terminal it
// says which check is made, and what differs stands out.
type paper struct {
	w        io.Writer
	terminal bool
	width    int
	group    string
	// unreached are the checks that were not got to, by reason.
	unreached map[string]int
}

func newPaper(w io.Writer) *paper {
	p := &paper{w: w, unreached: map[string]int{}}
	if f, ok := asTerminal(w); ok {
		p.terminal = true
		p.width, _ = terminalSize(f)
	}
	return p
}

func (p *paper) begun(c conformance.Check) {
	if p.terminal {
		fmt.Fprintf(p.w, "\r%s\x1b[K", clip("  … "+c.ID, p.width-1))
	}
}

func (p *paper) clear() {
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K") // Erase the line.
	}
}

func (p *paper) ended(r conformance.Result) {
	p.clear()
	if r.Unreached {
		p.unreached[r.Reason]++
		return
	}
	if r.Group != p.group {
		if p.group != "" {
			fmt.Fprintln(p.w)
		}
		p.group = r.Group
		fmt.Fprintln(p.w, p.bold(r.Group))
	}
	title := r.Title
	if r.Level == conformance.Extension {
		title += " (extension)"
	}
	word := fmt.Sprintf("%-10s", r.Outcome)
	if r.Outcome == conformance.Differs {
		word = p.bold(word)
	}
	fmt.Fprintf(p.w, "  %s  %-21s  %s\n", word, r.ID, title)
	p.why(r)
}

func (p *paper) why(r conformance.Result) {
	const indent = "              "
	if r.Reason != "" {
		fmt.Fprintln(p.w, indent+"why     "+oneLine(r.Reason))
	}
	for _, f := range r.Findings {
		fmt.Fprintln(p.w, indent+"wanted  "+oneLine(f.Wanted))
		fmt.Fprintln(p.w, indent+"got     "+oneLine(f.Got))
		if f.Curl != "" {
			fmt.Fprintln(p.w, indent+"repeat  "+oneLine(f.Curl))
		}
	}
	if r.More > 0 {
		fmt.Fprintf(p.w, "%sand %d more\n", indent, r.More)
	}
}

func (p *paper) sum(r conformance.Report, strict bool) {
	fmt.Fprintln(p.w)
	for _, reason := range slices.Sorted(maps.Keys(p.unreached)) {
		fmt.Fprintf(p.w, "Not got to: %d checks, as %s.\n", p.unreached[reason], oneLine(reason))
	}
	for _, line := range []struct {
		level string
		conformance.Tally
	}{{"Contract:  ", r.Contract}, {"Extensions:", r.Extension}} {
		fmt.Fprintf(p.w, "%s  %3d ok  %3d differ  %3d not tested\n", line.level, line.OK, line.Differs, line.NotTested)
	}
	verdict := "conforms to the Status API, as far as it was tested."
	switch {
	case r.Silent():
		verdict = "gave no list, so it was not tested. Look at the address (--server) and the token (--token)."
	case !r.Conforms(strict):
		verdict = "differs from the Status API, as far as it was tested."
	}
	fmt.Fprintln(p.w, p.bold(oneLine(r.Server)+" "+verdict))
	fmt.Fprintf(p.w, "%d requests in %s.\n", r.Requests, human(millis(r.Took)))
}

// bold makes text stand out in a terminal (ECMA-48 SGR).
func (p *paper) bold(text string) string {
	if !p.terminal {
		return text
	}
	return "\x1b[1m" + text + "\x1b[m"
}
