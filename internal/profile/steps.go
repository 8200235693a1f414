package profile

import (
	"encoding/json"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// snapshot is the part of an ingest's `input` object that its steps are read
// from.
type snapshot struct {
	Filesets []vod.Fileset `json:"filesets"`
	Profile  struct {
		Details map[string]json.RawMessage `json:"details"`
	} `json:"profile"`
}

// Steps reads back from an `input` object the steps, in the order of
// [vod.Stages], and the input filesets. Each step's own profile keeps its text.
// Step types that this version cannot run (those of imported ingests) are given
// like all others; only what is not an `input` object at all is an error.
func Steps(input json.RawMessage) ([]vod.Step, []vod.Fileset, error) {
	var in snapshot
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, nil, fmt.Errorf("input of the ingest: %w", err)
	}
	steps, err := readSteps(in.Profile.Details)
	if err != nil {
		return nil, nil, fmt.Errorf("input of the ingest: %w", err)
	}
	return steps, in.Filesets, nil
}

// DocumentSteps reads the steps of a profile document, in the order of
// [vod.Stages], as [Parse] left it.
func DocumentSteps(document json.RawMessage) ([]vod.Step, error) {
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(document, &doc); err != nil {
		return nil, fmt.Errorf("profile document: %w", err)
	}
	steps, err := readSteps(doc)
	if err != nil {
		return nil, fmt.Errorf("profile document: %w", err)
	}
	return steps, nil
}

func readSteps(details map[string]json.RawMessage) ([]vod.Step, error) {
	var steps []vod.Step
	for _, stage := range vod.Stages() {
		text := details[stage.Key()]
		if len(text) == 0 {
			continue
		}
		var entries []map[string]json.RawMessage
		if err := json.Unmarshal(text, &entries); err != nil {
			return nil, fmt.Errorf("%s: %w", stage.Key(), err)
		}
		for i, entry := range entries {
			step, err := readStep(stage, entry)
			if err != nil {
				return nil, fmt.Errorf("%s/%d: %w", stage.Key(), i, err)
			}
			steps = append(steps, step)
		}
	}
	return steps, nil
}

func readStep(stage vod.Stage, entry map[string]json.RawMessage) (vod.Step, error) {
	step := vod.Step{Stage: stage, Profile: entry[stage.ProfileKey()]}
	var own struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	if err := json.Unmarshal(step.Profile, &own); err != nil {
		return step, fmt.Errorf("%s: %w", stage.ProfileKey(), err)
	}
	step.Name, step.Type = own.Name, own.Type
	if err := json.Unmarshal(entry["filesetFilter"], &step.Filter); err != nil {
		return step, fmt.Errorf("filesetFilter: %w", err)
	}
	if label := entry["filesetLabelOut"]; len(label) > 0 {
		if err := json.Unmarshal(label, &step.LabelOut); err != nil {
			return step, fmt.Errorf("filesetLabelOut: %w", err)
		}
	}
	step.Kinds, step.Marks = traits(stage, step.Type, scheme(step.Profile))
	return step, nil
}

// scheme is the encryption scheme of an own profile, "" for none. What other
// step types keep under such keys is none.
func scheme(own json.RawMessage) string {
	var keys map[string]any
	if err := json.Unmarshal(own, &keys); err != nil {
		return ""
	}
	return schemeOf(keys)
}
