package plan

import (
	"reflect"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func step(stage vod.Stage, filter, out string) vod.Step {
	return vod.Step{Stage: stage, Filter: filter, LabelOut: out, Type: "T", Profile: []byte(`{}`)}
}

// classic is the built-in pipeline's shape.
func classic() []vod.Step {
	packaging := step(vod.Packaging, "encoded OR subtitles", "packaged")
	packaging.Kinds = []string{vod.KindHLS, vod.KindDASH}
	retrieval := step(vod.Retrieval, "initialInput", "retrieved")
	retrieval.Marks = []string{vod.LabelSkippedUpload}
	return []vod.Step{
		retrieval,
		step(vod.Encoding, "retrieved", "encoded"),
		packaging,
		step(vod.Distribution, "packaged", "distributed"),
		step(vod.Playout, "distributed AND HLS", ""),
		step(vod.Playout, "distributed AND DASH", ""),
	}
}

func TestDependencies(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		steps []vod.Step
		after [][]int
	}{
		"a chain with two playouts side by side": {
			classic(), [][]int{nil, {0}, {1}, {2}, {3}, {3}},
		},
		"kinds pass through steps that do not set them": {
			[]vod.Step{
				{Stage: vod.Packaging, Filter: "initialInput", LabelOut: "p", Kinds: []string{vod.KindDASH}},
				step(vod.Distribution, "p", "d"),
				step(vod.Playout, "d AND DASH", ""),
			}, [][]int{nil, {0}, {1}},
		},
		"both producers of a label are waited for": {
			[]vod.Step{
				step(vod.Retrieval, "initialInput", "x"),
				step(vod.Encoding, "initialInput", "x"),
				step(vod.Packaging, "x", "y"),
			}, [][]int{nil, nil, {0, 1}},
		},
		"marks can be asked for": {
			[]vod.Step{
				{Stage: vod.Retrieval, Filter: "initialInput", LabelOut: "r", Marks: []string{vod.LabelSkippedUpload}},
				step(vod.Encoding, "r AND NOT skippedUpload", "e"),
				step(vod.Playout, "skippedUpload", ""),
			}, [][]int{nil, {0}, {0}},
		},
		"a later stage may feed an earlier one": {
			[]vod.Step{
				step(vod.Retrieval, "published", "back"),
				step(vod.Playout, "initialInput", "published"),
			}, [][]int{{1}, nil},
		},
	}
	for name, tt := range tests {
		p, problems := New(tt.steps)
		if problems != nil {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		if !reflect.DeepEqual(p.after, tt.after) {
			t.Errorf("%s: after = %v, want %v", name, p.after, tt.after)
		}
	}
}

func TestRefusedProfiles(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		steps []vod.Step
		want  []vod.FieldProblem
	}{
		"no step": {nil, []vod.FieldProblem{{Message: "the profile has no step"}}},
		"bad filters, all at once": {
			[]vod.Step{step(vod.Encoding, "a AND", ""), step(vod.Encoding, ")", "")},
			[]vod.FieldProblem{
				{Path: "/encoding/0/filesetFilter", Message: "expected a label, found the end"},
				{Path: "/encoding/1/filesetFilter", Message: `expected a label, found ")"`},
			},
		},
		"nothing can satisfy": {
			[]vod.Step{step(vod.Retrieval, "initialInput", "r"), step(vod.Playout, "r AND HLS", "")},
			[]vod.FieldProblem{{
				Path:    "/playout/0/filesetFilter",
				Message: `no step and no input file can satisfy "r AND HLS"`,
			}},
		},
		"a step that feeds itself": {
			[]vod.Step{step(vod.Encoding, "initialInput OR e", "e")},
			[]vod.FieldProblem{{
				Path:    "/encoding/0/filesetFilter",
				Message: "steps wait for each other: encoding/0 after encoding/0",
			}},
		},
		"a circle of two behind a good step": {
			[]vod.Step{
				step(vod.Retrieval, "initialInput", "r"),
				step(vod.Encoding, "r OR p", "e"),
				step(vod.Packaging, "e", "p"),
			},
			[]vod.FieldProblem{{
				Path:    "/encoding/0/filesetFilter",
				Message: "steps wait for each other: encoding/0 after packaging/0 after encoding/0",
			}},
		},
	}
	for name, tt := range tests {
		_, problems := New(tt.steps)
		if !reflect.DeepEqual(problems, tt.want) {
			t.Errorf("%s: problems = %v, want %v", name, problems, tt.want)
		}
	}
}
