package encoding

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestOneOutputForEachInput: several filesets share the attempt's folder
// without getting into each other's way, and kind labels are inherited.
func TestOneOutputForEachInput(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	first := b.retrieved(t, generate(t, "a.mp4", cat(pattern("320x180", "25", "1"), x264())...))
	second := b.retrieved(t, generate(t, "b.mp4", cat(pattern("160x120", "25", "1"), x264())...))
	second.Labels = append(second.Labels, vod.KindSMIL)
	words := vod.Fileset{Files: []vod.File{{MediaType: vod.MediaImage, URI: "file:///none.jpg"}}}
	var shares []float64
	job := b.job()
	job.Inputs, job.Profile, job.LabelOut = []vod.Fileset{first, words, second}, profileFor(t, b, nil), "encoded"
	job.Progress = func(share float64) { shares = append(shares, share) }
	result, err := b.runner.Run(context.Background(), job)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Outputs) != 2 {
		t.Fatalf("outputs %+v", result.Outputs)
	}
	for i, name := range []string{"video_180p.mp4", "video_120p.mp4"} {
		out := b.read(t, result.Outputs[i])
		if got := filepath.Base(out.files[0].URI); got != name || out.notes.Video[0].File != name {
			t.Errorf("output %d is %s", i, got)
		}
		if result.Outputs[i].Location.Name != b.store.Name {
			t.Errorf("location %+v", result.Outputs[i].Location)
		}
	}
	if got := strings.Join(result.Outputs[1].Labels, " "); got != "encoded SMIL" {
		t.Errorf("labels %q", got)
	}
	if shares[len(shares)-1] != 1 {
		t.Errorf("progress %v", shares)
	}
}

func TestNothingToEncode(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	_, err := b.encode(context.Background(), t, vod.Fileset{Files: []vod.File{{MediaType: vod.MediaImage, URI: "file:///none.jpg"}}}, nil)
	if se := vod.AsStepError(err); se.Class != vod.ClassMedia {
		t.Errorf("got %v", err)
	}
}

func TestForeignFileIsNotRead(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	_, err := b.encode(context.Background(), t, vod.Fileset{Files: []vod.File{{MediaType: vod.MediaVideo, URI: "file:///etc/passwd"}}}, nil)
	var se *vod.StepError
	if !errors.As(err, &se) || se.Reason != vod.ReasonForbidden {
		t.Errorf("got %v", err)
	}
}
