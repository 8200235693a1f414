package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

type workersCmd struct{ remote }

func (c *workersCmd) Run(ctx context.Context, sh *shell) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	list, err := s.Workers(ctx)
	switch {
	case err != nil:
		return err
	case c.json():
		return s.tape.print(sh.out)
	case len(list.Items) == 0:
		return c.done(sh, "No worker is up, so all tasks wait. Start one with orchestrate worker; a server without Temporal is one itself.")
	}
	rows := [][]string{{"HOST", "VERSION", "STAGES", "CAN", "CPUS", "MEMORY", "SCRATCH", "RUNNING", "SEEN"}}
	for _, w := range list.Items {
		stages, can := []string{}, []string{}
		for _, st := range w.Stages {
			stages = append(stages, fmt.Sprintf("%s %d", st.Stage, st.Slots))
		}
		for _, capability := range w.Capabilities {
			can = append(can, string(capability))
		}
		rows = append(rows, []string{
			w.Host, w.Version, strings.Join(stages, ", "), strings.Join(can, ", "), known(w.Processors, strconv.Itoa(w.Processors)),
			known(int(w.Memory), gibibytes(w.Memory)), gibibytes(w.Scratch), strconv.Itoa(w.Running), local(w.SeenTime.Time),
		})
	}
	return table(sh.out, rows)
}

// known is what is shown of a number that is 0 while the machine is still being
// examined.
func known(n int, text string) string {
	if n == 0 {
		return "–"
	}
	return text
}

// gibibytes writes an amount of memory or disk for people.
func gibibytes(bytes int64) string { return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30)) }
