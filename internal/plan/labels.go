package plan

import "github.com/via-orchestrate/orchestrate/internal/vod"

// kindSet is a set of kind labels, a bit for each of vod.Kinds().
type kindSet uint8

// possibleOutputs gives, for each step, every label set that it can put out.
// Kind labels are inherited from step to step, so the sets are grown until
// nothing new appears; there are at most 2^3 per step.
func possibleOutputs(steps []vod.Step, filters []Filter) [][][]string {
	kinds := make([]map[kindSet]bool, len(steps))
	for i := range kinds {
		kinds[i] = map[kindSet]bool{}
	}
	for grown := true; grown; {
		grown = false
		for i, s := range steps {
			for in := range possibleInputs(steps, filters[i], kinds) {
				for _, out := range outputKinds(s, in) {
					grown = grown || !kinds[i][out]
					kinds[i][out] = true
				}
			}
		}
	}
	sets := make([][][]string, len(steps))
	for i, s := range steps {
		sets[i] = labelSets(s, kinds[i])
	}
	return sets
}

// possibleInputs are the kinds of every fileset that the filter can select.
func possibleInputs(steps []vod.Step, filter Filter, kinds []map[kindSet]bool) map[kindSet]bool {
	in := map[kindSet]bool{}
	if filter.Match([]string{vod.LabelInitialInput}) {
		in[0] = true
	}
	for j, s := range steps {
		for k := range kinds[j] {
			for _, labels := range labelSets(s, map[kindSet]bool{k: true}) {
				if filter.Match(labels) {
					in[k] = true
				}
			}
		}
	}
	return in
}

// outputKinds: a step type with kinds of its own puts out one fileset for
// each, all others hand on what they got.
func outputKinds(s vod.Step, in kindSet) []kindSet {
	if len(s.Kinds) == 0 {
		return []kindSet{in}
	}
	out := make([]kindSet, 0, len(s.Kinds))
	for i, k := range vod.Kinds() {
		for _, own := range s.Kinds {
			if k == own {
				out = append(out, in|1<<i)
			}
		}
	}
	return out
}

// labelSets spells out what the step can put out with these kinds, without
// and with its marks. A playout step without a label puts out nothing.
func labelSets(s vod.Step, kinds map[kindSet]bool) [][]string {
	if s.Stage == vod.Playout && s.LabelOut == "" {
		return nil
	}
	var sets [][]string
	for k := range kinds {
		var labels []string
		if s.LabelOut != "" {
			labels = append(labels, s.LabelOut)
		}
		for i, name := range vod.Kinds() {
			if k&(1<<i) != 0 {
				labels = append(labels, name)
			}
		}
		sets = append(sets, labels)
		if len(s.Marks) > 0 {
			sets = append(sets, append(append([]string{}, labels...), s.Marks...))
		}
	}
	return sets
}
