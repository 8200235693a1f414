package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/check"
	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
)

type checkCmd struct {
	Target string `arg:"" optional:"" help:"URL of an HLS playlist or DASH manifest, or a folder that holds them."`
	Deep   bool   `help:"Decode all segments, not samples of them."`
	Strict bool   `help:"Fail on warnings, too."`
	Rules  bool   `help:"List the rules instead of checking."`
	Output string `short:"o" enum:"table,json" default:"table" help:"Form of the output: table or json."`
}

// Help implements [kong.HelpProvider].
func (c *checkCmd) Help() string {
	return "Needs no server. Exit codes: 0 no errors, 1 errors (with --strict warnings, too), 2 nothing could be read."
}

// unsound is the end of a check that found something, as an exit code.
const unsound = outcome(exitFailed)

// Run checks a presentation.
func (c *checkCmd) Run(ctx context.Context, sh *shell) error {
	if c.Rules {
		return c.printRules(sh)
	}
	if c.Target == "" {
		return &usageError{"there is nothing to check", "orchestrate check URL|FOLDER"}
	}
	report, err := c.check(ctx)
	if errors.Is(err, check.ErrUnreadable) {
		return &usageError{err.Error(), "orchestrate check with the URL of an .m3u8 or .mpd, or with a folder that holds one"}
	}
	if err != nil {
		return err
	}
	if err := c.print(sh, report); err != nil {
		return err
	}
	if report.Count(check.Error) > 0 || (c.Strict && report.Count(check.Warning) > 0) {
		return unsound
	}
	return nil
}

func (c *checkCmd) check(ctx context.Context) (*check.Report, error) {
	options := check.Options{Deep: c.Deep}
	if tools, err := ffmpeg.New(ffmpeg.Config{}); err == nil { //nolint:contextcheck // It only asks the programs what they can do, within a minute.
		options.Tools = tools
	}
	scratch, err := os.MkdirTemp("", "orchestrate-check-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch) //nolint:errcheck // The system clears what is left.
	options.Scratch = scratch
	if u, err := url.Parse(c.Target); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		transport := &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute}
		defer transport.CloseIdleConnections()
		options.Source, options.Manifests, options.Parallel = &fetch.Web{Client: fetch.NewClient(transport)}, []string{c.Target}, 8
		return check.Run(ctx, options)
	}
	folder, err := fetch.OpenFolder(c.Target)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", check.ErrUnreadable, err)
	}
	defer folder.Close()
	if options.Manifests, err = check.FindManifests(folder.FS()); err != nil {
		return nil, fmt.Errorf("%w: %w", check.ErrUnreadable, err)
	}
	options.Source = folder
	return check.Run(ctx, options)
}

func (c *checkCmd) print(sh *shell, report *check.Report) error {
	if c.Output == "json" {
		out := json.NewEncoder(sh.out)
		out.SetIndent("", "  ")
		return out.Encode(report)
	}
	if len(report.Tracks) > 0 {
		if err := table(sh.out, trackRows(report)); err != nil {
			return err
		}
		fmt.Fprintln(sh.out)
	}
	rows := [][]string{}
	for _, f := range report.Findings {
		rows = append(rows, []string{string(f.Severity), f.Rule, f.Where, f.Message, "[" + f.Clause + "]"})
	}
	for _, row := range rows {
		fmt.Fprintf(sh.out, "%-7s  %s  %s\n         %s\n         %s\n", row[0], oneLine(row[1]), oneLine(row[2]), oneLine(row[3]), oneLine(row[4]))
	}
	if len(rows) > 0 {
		fmt.Fprintln(sh.out)
	}
	fmt.Fprintf(sh.out, "%d errors, %d warnings, %d remarks in %s\n",
		report.Count(check.Error), report.Count(check.Warning), report.Count(check.Info), oneLine(c.target()))
	return nil
}

// target is the target without the query of a URL, which may be a secret.
func (c *checkCmd) target() string {
	u, err := url.Parse(c.Target)
	if err != nil || !u.IsAbs() || u.Host == "" {
		return c.Target
	}
	return u.Scheme + "://" + u.Host + u.Path
}

func trackRows(report *check.Report) [][]string {
	rows := [][]string{{"TRACK", "KIND", "CODECS", "DETAIL", "LANGUAGE", "SEGMENTS", "DURATION", "AVERAGE", "PEAK", "NAMED BY"}}
	for _, t := range report.Tracks {
		detail := ""
		switch {
		case t.Width > 0:
			detail = fmt.Sprintf("%dx%d %.4g/s", t.Width, t.Height, t.FrameRate)
		case t.Channels > 0:
			detail = fmt.Sprintf("%d ch %d Hz", t.Channels, t.SampleRate)
		}
		if t.Encryption != "" {
			detail += " " + t.Encryption
		}
		by := ""
		if t.HLS {
			by = "HLS"
		}
		if t.DASH {
			by += " DASH"
		}
		rows = append(rows, []string{
			t.Name, t.Kind, t.Codecs, detail, t.Language, strconv.Itoa(t.Segments), fmt.Sprintf("%.3f s", t.Duration),
			fmt.Sprintf("%d kbit/s", t.Bitrate/1000), fmt.Sprintf("%d kbit/s", t.Peak/1000), by,
		})
	}
	return rows
}

// printRules writes the rules, as docs/checking.md has them.
func (c *checkCmd) printRules(sh *shell) error {
	if c.Output == "json" {
		out := json.NewEncoder(sh.out)
		out.SetIndent("", "  ")
		return out.Encode(check.Rules())
	}
	rows := [][]string{{"RULE", "SEVERITY", "WHAT HAS TO BE SO", "WHERE IT STANDS"}}
	for _, r := range check.Rules() {
		rows = append(rows, []string{r.ID, string(r.Severity), r.Title, r.Clause})
	}
	return table(sh.out, rows)
}
