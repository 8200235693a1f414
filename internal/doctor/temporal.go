package doctor

import (
	"fmt"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TemporalFacts are what Temporal tells of our namespace.
type TemporalFacts struct {
	Unknown    []string // search attributes that it lacks, as far as it tells
	Priorities bool     // what waits is ordered by priority
	Planners   int      // processes that poll for decisions
	Pollers    map[vod.Stage]int
}

// Temporal judges what Temporal tells.
func Temporal(f TemporalFacts) []Finding {
	attributes := Finding{"search attributes", OK, "tenant, asset and profile are known", ""}
	if len(f.Unknown) > 0 {
		attributes = Finding{
			"search attributes", Warning, strings.Join(f.Unknown, ", ") + " are not known to the namespace, as far as it tells: Temporal's own pages cannot find ingests by them",
			"start a server that may add them, or add them as Keyword: temporal operator search-attribute create",
		}
	}
	priorities := Finding{"priorities", OK, "what waits is ordered by priority", ""}
	if !f.Priorities {
		priorities = Finding{
			"priorities", Warning, "Temporal does not tell that it orders what waits by priority",
			"use a server of version 1.28 or later; for fair shares between tenants, set matching.useNewMatcher and matching.enableFairness",
		}
	}
	all := []Finding{attributes, priorities}
	planners := Finding{"planning", OK, fmt.Sprintf("%d processes poll", f.Planners), ""}
	if f.Planners == 0 {
		planners = Finding{"planning", Warning, "no process polls: no ingest goes on", "start a server or a worker"}
	}
	all = append(all, planners)
	for _, stage := range vod.Stages() {
		one := Finding{"queue " + string(stage), OK, fmt.Sprintf("%d processes poll", f.Pollers[stage]), ""}
		if f.Pollers[stage] == 0 {
			one = Finding{one.Name, Warning, "no process polls", "start a worker with this stage (--stages)"}
		}
		all = append(all, one)
	}
	return all
}
