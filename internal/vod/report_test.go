package vod_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestAReportIsBounded(t *testing.T) {
	t.Parallel()
	many := func(n int, remark string) *vod.Report {
		r := &vod.Report{Renditions: []vod.RenditionReport{{Name: "720p"}}}
		for range n {
			r.Remarks = append(r.Remarks, remark)
		}
		return r
	}
	tests := []struct {
		name string
		in   *vod.Report
		kept int // remarks; -1: no report
	}{
		{"none", nil, -1},
		{"nothing to tell", &vod.Report{}, 0},
		{"all", many(100, "The source has 24 frames per second."), 100},
		{"too many", many(100, strings.Repeat("x", 10<<10)), 25},
		{"too many, all of which grow as JSON", many(100, strings.Repeat("\x00", 10<<10)), 4},
		{"one that is too long", many(2, strings.Repeat("x", vod.MaxReport)), 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := test.in.Bounded()
			if test.kept < 0 {
				if got != nil {
					t.Errorf("got %+v", got)
				}
				return
			}
			if len(got.Remarks) != test.kept || len(got.Renditions) != len(test.in.Renditions) {
				t.Errorf("%d remarks and %d renditions are kept", len(got.Remarks), len(got.Renditions))
			}
			text, err := json.Marshal(got)
			if err != nil || len(text) > vod.MaxReport {
				t.Errorf("%d bytes, %v", len(text), err)
			}
		})
	}
}

// TestAReportOfNoNumbers: JSON has none for what a division by zero gives, and a
// report that cannot be written must not keep its attempt from ending.
func TestAReportOfNoNumbers(t *testing.T) {
	t.Parallel()
	good := &vod.Quality{SSIM: 0.98, Worst: 0.91, Frames: 100}
	in := &vod.Report{Renditions: []vod.RenditionReport{
		{Name: "a", Quality: &vod.Quality{SSIM: math.NaN(), Worst: 0.5}},
		{Name: "b", Quality: &vod.Quality{SSIM: 0.5, Worst: math.Inf(-1)}},
		{Name: "c", Quality: good},
	}}
	want := []vod.RenditionReport{{Name: "a"}, {Name: "b"}, {Name: "c", Quality: good}}
	if d := cmp.Diff(want, in.Bounded().Renditions); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if in.Renditions[0].Quality == nil {
		t.Error("the report itself has changed")
	}
}

// TestTheSourceIsKept, unless its texts alone take half of the room.
func TestTheSourceIsKept(t *testing.T) {
	t.Parallel()
	source := &vod.SourceReport{Container: "mp4", Audio: []vod.SourceAudio{{Title: "Sound"}}}
	in := &vod.Report{Source: source, Remarks: []string{strings.Repeat("x", vod.MaxReport-2000)}}
	if got := in.Bounded(); got.Source != source || len(got.Remarks) != 1 {
		t.Errorf("%+v", got)
	}
	source.Audio[0].Title = strings.Repeat("x", vod.MaxReport/2)
	if got := in.Bounded(); got.Source != nil || len(got.Remarks) != 1 {
		t.Errorf("a source of %d bytes is kept, %d remarks", vod.MaxReport/2, len(got.Remarks))
	}
}
