package profile

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// traits are the labels that a step type sets itself: kind labels, one for each
// fileset that it puts out, and marks. A type that is not known has none. scheme
// is that of a packaging's encryption.
func traits(stage vod.Stage, stepType, scheme string) (kinds, marks []string) {
	switch {
	case stage == vod.Retrieval && stepType == "vimond_file_retriever":
		return nil, []string{vod.LabelSkippedUpload}
	case stage == vod.Packaging && stepType == "CMAF" && hlsOnly(scheme):
		return []string{vod.KindHLS}, nil
	case stage == vod.Packaging && stepType == "CMAF":
		return []string{vod.KindHLS, vod.KindDASH}, nil
	}
	return nil, nil
}

// checkMeaning finds what a schema cannot. With sound false, the document has
// other problems, and what follows from all of its steps together would only
// mislead: then each filter is read by itself.
func checkMeaning(doc map[string]any, sound bool) []vod.FieldProblem {
	var problems []vod.FieldProblem
	var steps []vod.Step
	for _, stage := range vod.Stages() {
		entries, _ := doc[stage.Key()].([]any)
		for i, item := range entries {
			entry, _ := item.(map[string]any)
			own, _ := entry[stage.ProfileKey()].(map[string]any)
			at := index("/"+stage.Key(), i)
			problems = append(problems, checkLadder(at+"/"+stage.ProfileKey()+"/ladder", own["ladder"])...)
			problems = append(problems, checkEncryption(at+"/"+stage.ProfileKey()+"/encryption", own["encryption"])...)
			filter, isText := entry["filesetFilter"].(string)
			if !sound && isText && filter != "" {
				problems = append(problems, checkFilter(at+"/filesetFilter", filter)...)
			}
			step := vod.Step{Stage: stage, Filter: filter}
			step.LabelOut, _ = entry["filesetLabelOut"].(string)
			step.Type, _ = own["type"].(string)
			step.Kinds, step.Marks = traits(stage, step.Type, schemeOf(own))
			steps = append(steps, step)
		}
	}
	if sound {
		_, more := plan.New(steps)
		problems = append(problems, more...)
	}
	return problems
}

func checkFilter(path, filter string) []vod.FieldProblem {
	if _, err := plan.ParseFilter(filter); err != nil {
		return []vod.FieldProblem{{Path: path, Message: err.Error()}}
	}
	return nil
}

// checkLadder refuses two renditions of the same height and codec: their files
// and playlists would have the same name.
func checkLadder(path string, ladder any) []vod.FieldProblem {
	type rendition struct {
		height json.Number
		codec  string // "" is each of the profile's codecs
	}
	var problems []vod.FieldProblem
	var before []rendition
	rungs, _ := ladder.([]any)
	for i, item := range rungs {
		rung, _ := item.(map[string]any)
		var r rendition
		r.height, _ = rung["height"].(json.Number)
		r.codec, _ = rung["codec"].(string)
		j := slices.IndexFunc(before, func(b rendition) bool {
			return b.height == r.height && (b.codec == r.codec || b.codec == "" || r.codec == "")
		})
		if j >= 0 && r.height != "" {
			problems = append(problems, vod.FieldProblem{
				Path:    index(path, i) + "/height",
				Message: fmt.Sprintf("is the height of entry %d already", j),
			})
		}
		before = append(before, r)
	}
	return problems
}
