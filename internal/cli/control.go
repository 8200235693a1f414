package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/via-orchestrate/orchestrate/client"
)

type getCmd struct {
	remote
	ID string `arg:"" help:"The ingest."`
}

func (c *getCmd) Run(ctx context.Context, sh *shell) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	d, err := s.Get(ctx, c.ID)
	switch {
	case err != nil:
		return err
	case c.json():
		return s.tape.print(sh.out)
	}
	return sh.show(ctx, s, d)
}

// show prints a detail document for people.
func (sh *shell) show(ctx context.Context, s *session, d *client.IngestDetail) error {
	rows := [][]string{
		{"Ingest:", d.IngestID},
		{"Asset:", d.AssetID},
		{"Tenant:", d.Tenant},
		{"Profile:", d.ProfileName},
		{"Status:", fmt.Sprintf("%s, %d %%", d.Status, d.Progress)},
		{"Started:", local(d.StartTime.Time)},
		{"Took:", human(millis(d.ElapsedTime))},
	}
	if id := reused(d); id != "" {
		rows = append(rows, []string{"Reuses:", "the files of ingest " + id})
	}
	if d.Error != nil {
		rows = append(rows, []string{"Error:", *d.Error})
	}
	if h := failureHint(ctx, s, d); h != "" {
		rows = append(rows, []string{"Try:", h})
	}
	if err := table(sh.out, rows); err != nil {
		return err
	}
	if err := sh.tasks(d.Tasks); err != nil {
		return err
	}
	if err := sh.waiting(ctx, s, d); err != nil {
		return err
	}
	return sh.reports(ctx, s, d)
}

func (sh *shell) tasks(tasks []client.Task) error {
	if len(tasks) == 0 {
		return nil
	}
	fmt.Fprintln(sh.out)
	rows := [][]string{{"TASK", "STAGE", "STATUS", "DONE", "STARTED", "TOOK", "ERROR"}}
	for _, t := range tasks {
		rows = append(rows, []string{
			t.ID, string(t.Name), string(t.Status), fmt.Sprintf("%d %%", t.Progress),
			local(t.StartTime.Time), human(millis(t.ElapsedTime)), t.Error,
		})
	}
	return table(sh.out, rows)
}

// waiting tells what the steps of an unfinished ingest wait for.
func (sh *shell) waiting(ctx context.Context, s *session, d *client.IngestDetail) error {
	if final(d.Status) {
		return nil
	}
	plan, err := s.Plan(ctx, d.IngestID)
	var refused *client.Problem
	switch {
	case errors.As(err, &refused) && refused.Status < 500:
		return nil // Imported history has no plan.
	case err != nil:
		return err
	}
	if plan.DueTime != nil || plan.Priority == client.PriorityHIGH || plan.Priority == client.PriorityLOW {
		fmt.Fprintf(sh.out, "\nPriority: %s\n", turn(plan.Priority, plan.DueTime))
	}
	rows := [][]string{{"STEP", "STATE", "WAITS FOR"}}
	for _, r := range newFrame(d, plan, nil).rows {
		if r.note != "" && (r.state == "waiting" || r.state == "ready" || r.state == "retrying") {
			rows = append(rows, []string{r.label, r.state, r.note})
		}
	}
	if len(rows) == 1 {
		return nil
	}
	fmt.Fprintln(sh.out)
	return table(sh.out, rows)
}

// failureHint is what the server knows to do about a failed ingest, if it does
// and the ingest's error does not say so already.
func failureHint(ctx context.Context, s *session, d *client.IngestDetail) string {
	for _, t := range d.Tasks {
		if t.Status != client.TaskStatusTASKFAILED {
			continue
		}
		task, err := s.Task(ctx, d.IngestID, t.ID)
		if err == nil && task.Error != nil && !strings.Contains(text(d.Error), task.Error.Hint) {
			return task.Error.Hint
		}
	}
	return ""
}

type cancelCmd struct {
	remote
	ID string `arg:"" help:"The ingest."`
}

func (c *cancelCmd) Run(ctx context.Context, sh *shell) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	if err := s.Cancel(ctx, c.ID); err != nil {
		return explain(err, http.StatusConflict, "orchestrate get "+c.ID)
	}
	return c.done(sh, "The ingest %s is being cancelled.", c.ID)
}

type retryCmd struct {
	remote
	ID   string `arg:"" help:"The ingest."`
	Wait bool   `help:"Follow it to its end."`
}

func (c *retryCmd) Run(ctx context.Context, sh *shell) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	if _, err := s.Retry(ctx, c.ID); err != nil {
		return explain(err, http.StatusConflict, "orchestrate get "+c.ID)
	}
	if c.Wait {
		return sh.watch(ctx, s, c.remote, c.ID)
	}
	if c.json() {
		return s.tape.print(sh.out)
	}
	return c.done(sh, "The ingest %s goes on.", c.ID)
}

type deleteCmd struct {
	remote
	ID    string `arg:"" optional:"" help:"The ingest."`
	Asset string `placeholder:"ID" help:"All ingests of this asset, in place of one."`
}

func (c *deleteCmd) Run(ctx context.Context, sh *shell) error {
	if (c.ID == "") == (c.Asset == "") {
		return &usageError{"name an ingest, or an asset with --asset", "orchestrate delete --help"}
	}
	s, err := c.connect()
	if err != nil {
		return err
	}
	if c.Asset != "" {
		if err := s.DeleteAsset(ctx, c.Asset); err != nil {
			return explain(err, http.StatusConflict, "orchestrate list --asset "+c.Asset+", and this again once all have ended.")
		}
		return c.done(sh, "The asset %s, its ingests and what they published are removed.", c.Asset)
	}
	if err := s.Delete(ctx, c.ID); err != nil {
		return explain(err, http.StatusConflict, "orchestrate cancel "+c.ID+", and this again once it has ended.")
	}
	return c.done(sh, "The ingest %s and what it published are removed.", c.ID)
}

// done says a sentence to people; as JSON there is nothing to say.
func (r remote) done(sh *shell, format string, args ...any) error {
	if r.json() {
		return nil
	}
	_, err := fmt.Fprintf(sh.out, format+"\n", args...)
	return err
}
