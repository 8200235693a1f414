package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/doctor"
)

// serverPatience is how long doctor waits for a server.
const serverPatience = 3 * time.Second

type doctorCmd struct {
	config.Config `embed:"" group:"Configuration, as of orchestrate serve:"`
	remote
}

// Run checks what a process needs. What only degrades it is a warning; what it
// cannot do without makes the command fail.
func (c *doctorCmd) Run(ctx context.Context, sh *shell) error {
	if err := sh.source.Finish(&c.Config); err != nil {
		return err
	}
	findings := append(doctor.Programs(ctx, c.Config), doctor.Folders(c.Config)...)
	findings = append(findings, doctor.Config(c.Config)...)
	if sh.Examine != nil {
		findings = append(findings, sh.Examine(ctx, c.Config)...)
	}
	findings = append(findings, c.checkServer(ctx))
	problems := 0
	for _, f := range findings {
		if f.State == doctor.Problem {
			problems++
		}
	}
	if err := c.print(sh, findings, problems == 0); err != nil {
		return err
	}
	if problems > 0 {
		return &hinted{fmt.Errorf("%d of %d checks failed", problems, len(findings)), "mend what is marked as a problem."}
	}
	return nil
}

func (c *doctorCmd) print(sh *shell, findings []doctor.Finding, well bool) error {
	if c.json() {
		text, err := json.Marshal(struct {
			OK     bool             `json:"ok"`
			Checks []doctor.Finding `json:"checks"`
		}{well, findings})
		if err != nil {
			return err
		}
		return printJSON(sh.out, text)
	}
	rows := [][]string{{"CHECK", "RESULT", "DETAIL"}}
	for _, f := range findings {
		detail := f.Detail
		if f.Do != "" {
			detail += "; to do: " + f.Do
		}
		rows = append(rows, []string{f.Name, string(f.State), detail})
	}
	return table(sh.out, rows)
}

// checkServer asks a server whether it is ready. That none runs is a warning
// only: doctor is often the first command.
func (c *doctorCmd) checkServer(ctx context.Context) doctor.Finding {
	s, err := c.connect()
	if err != nil {
		return doctor.Finding{Name: "server", State: doctor.Problem, Detail: err.Error(), Do: "name the server's address with --server"}
	}
	ctx, cancel := context.WithTimeout(ctx, serverPatience)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		return doctor.Finding{Name: "server", State: doctor.Warning, Detail: strings.ReplaceAll(message(err), "\n", " ")}
	}
	return doctor.Finding{Name: "server", State: doctor.OK, Detail: c.Server + " is ready"}
}
