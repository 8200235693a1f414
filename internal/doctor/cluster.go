package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Workers tells which workers were heard of lately, and which stages none of them
// runs.
func Workers(workers []vod.Worker, now time.Time) []Finding {
	var all []Finding
	for _, w := range workers {
		var stages []string
		for _, stage := range vod.Stages() {
			if n := w.Slots[stage]; n > 0 {
				stages = append(stages, fmt.Sprintf("%s×%d", stage, n))
			}
		}
		all = append(all, Finding{
			"worker " + w.Host, OK, fmt.Sprintf("%s, can %s; %d tasks run; heard of %s ago",
				strings.Join(stages, " "), able(w.Capabilities), w.Running, now.Sub(w.Seen).Round(time.Second)), "",
		})
	}
	var without []string
	for _, stage := range vod.Stages() {
		if !slices.ContainsFunc(workers, func(w vod.Worker) bool { return w.Slots[stage] > 0 }) {
			without = append(without, string(stage))
		}
	}
	if len(without) > 0 {
		all = append(all, Finding{
			"workers", Warning, "none runs " + strings.Join(without, ", "),
			"start `orchestrate worker` with these stages (--stages), or look why it ended",
		})
	}
	return all
}

func able(can []vod.Capability) string {
	if len(can) == 0 {
		return "h264"
	}
	names := []string{"h264"}
	for _, c := range can {
		names = append(names, string(c))
	}
	return strings.Join(names, " ")
}

// skew is how far a clock may be off: signatures of S3 requests allow 15 minutes,
// but which worker lives is told by times of different machines.
const skew = vod.WorkerLost / 6

// Clock compares the clock of another machine with this one's. asked and told are
// the times here before and after it gave its time.
func Clock(of string, theirs, asked, told time.Time) Finding {
	name := "clock of " + of
	off := max(theirs.Sub(told), asked.Sub(theirs))
	if off <= skew {
		return Finding{name, OK, fmt.Sprintf("within %s of this machine's", skew), ""}
	}
	return Finding{
		name, Problem, fmt.Sprintf("is off by %s from this machine's", off.Round(time.Second)),
		"keep all clocks by NTP (timedatectl)",
	}
}
