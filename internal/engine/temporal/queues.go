package temporal

import (
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// queueName is where tasks of the stage wait that need these capabilities, in
// the order of [vod.Capabilities].
func queueName(prefix string, stage vod.Stage, needs []vod.Capability) string {
	name := []string{prefix, string(stage)}
	if needsAny(stage) {
		for _, c := range needs {
			name = append(name, string(c))
		}
	}
	return strings.Join(name, "-")
}

// needsAny tells whether a task of the stage can need a capability; see
// [plan.Needs]. A queue for each set of them is polled for no other stage.
func needsAny(stage vod.Stage) bool { return stage == vod.Encoding }

// queueNames are the queues of the stage whose tasks a process with these
// capabilities can do: one for each set of them.
func queueNames(prefix string, stage vod.Stage, can []vod.Capability) []string {
	if !needsAny(stage) {
		return []string{queueName(prefix, stage, nil)}
	}
	var names []string
	for _, needs := range subsets(can) {
		names = append(names, queueName(prefix, stage, needs))
	}
	return names
}

// subsets gives every set of the capabilities, each in the order of
// [vod.Capabilities], the empty one first.
func subsets(of []vod.Capability) [][]vod.Capability {
	sets := [][]vod.Capability{nil}
	for _, c := range vod.Capabilities() {
		if !slices.Contains(of, c) {
			continue
		}
		for _, smaller := range sets {
			sets = append(sets, append(slices.Clone(smaller), c))
		}
	}
	return sets
}
