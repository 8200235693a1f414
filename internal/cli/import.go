package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/via-orchestrate/orchestrate/client"
)

type importCmd struct {
	remote
	Files []string `arg:"" name:"file" help:"Documents of a Status API: lists, items or details; - for standard input."`
}

func (c *importCmd) Run(ctx context.Context, sh *shell) error {
	if c.Tenant == "" {
		return &usageError{"an import needs --tenant", "orchestrate import FILE --tenant NAME"}
	}
	s, err := c.connect()
	if err != nil {
		return err
	}
	rows := [][]string{{"INGEST", "OUTCOME", "PROBLEM"}}
	counts := map[client.ImportRowOutcome]int{}
	for _, file := range c.Files {
		document, err := sh.read(file)
		if err != nil {
			return err
		}
		if !json.Valid(document) {
			return &usageError{file + " is not JSON", "save the answer of the Status API as it is."}
		}
		result, err := s.Import(ctx, document)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if c.json() {
			if err := s.tape.print(sh.out); err != nil {
				return err
			}
		}
		for _, r := range result.Rows {
			counts[r.Outcome]++
			if r.Outcome == client.ImportRowOutcomeRefused {
				rows = append(rows, []string{r.IngestID, string(r.Outcome), text(r.Problem)})
			}
		}
	}
	return c.report(sh, rows, counts)
}

// report prints the counts and every row that was refused, which makes the
// import a failure.
func (c *importCmd) report(sh *shell, rows [][]string, counts map[client.ImportRowOutcome]int) error {
	if !c.json() {
		fmt.Fprintf(sh.out, "%d written, %d unchanged, %d refused\n", counts[client.ImportRowOutcomeWritten],
			counts[client.ImportRowOutcomeUnchanged], counts[client.ImportRowOutcomeRefused])
		if len(rows) > 1 {
			if err := table(sh.out, rows); err != nil {
				return err
			}
		}
	}
	if counts[client.ImportRowOutcomeRefused] > 0 {
		return &hinted{errors.New("some ingests were refused"), "mend them and import the file again; what is there already is left alone."}
	}
	return nil
}
