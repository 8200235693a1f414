package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/via-orchestrate/orchestrate/client"
)

// reports prints what the completed tasks tell of their work. It is an addition
// to what is known already: a server that will not tell is no error.
func (sh *shell) reports(ctx context.Context, s *session, d *client.IngestDetail) error {
	for _, t := range d.Tasks {
		if t.Status != client.TaskStatusTASKCOMPLETED {
			continue
		}
		task, err := s.Task(ctx, d.IngestID, t.ID)
		if err != nil {
			return nil //nolint:nilerr // See above.
		}
		for _, a := range task.Attempts {
			if a.Report == nil {
				continue
			}
			if err := sh.report(string(t.Name), a.Report); err != nil {
				return err
			}
		}
	}
	return nil
}

// report prints one report below a heading.
func (sh *shell) report(heading string, r *client.Report) error {
	if len(r.Remarks) == 0 && len(r.Renditions) == 0 && r.Source == nil {
		return nil
	}
	fmt.Fprintf(sh.out, "\n%s:\n", heading)
	if r.Source != nil {
		fmt.Fprintf(sh.out, "Source: %s\n", oneLine(sourceFacts(*r.Source)))
	}
	for _, remark := range r.Remarks {
		fmt.Fprintf(sh.out, "- %s\n", oneLine(remark))
	}
	if len(r.Renditions) == 0 {
		return nil
	}
	rows := [][]string{{"RENDITION", "CODEC", "SIZE", "RANGE", "ENCODER", "KBIT/S", "CAP", "SSIM", "WORST"}}
	for _, v := range r.Renditions {
		row := []string{
			v.Name, v.Codec, fmt.Sprintf("%dx%d", v.Width, v.Height), v.VideoRange, v.Encoder, kilobits(v.Bitrate), kilobits(v.MaxBitrate),
		}
		if q := v.Quality; q != nil {
			row = append(row, fmt.Sprintf("%.4f", q.SSIM), fmt.Sprintf("%.4f", q.Worst))
		}
		rows = append(rows, row)
	}
	return table(sh.out, rows)
}

// kilobits writes bits per second; nothing for none.
func kilobits(bits int64) string {
	if bits == 0 {
		return ""
	}
	return strconv.FormatInt((bits+500)/1000, 10)
}
