package encoding

import (
	"context"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
)

// TestHardwareThatIsNotThere: an encode that asks for it is done in software on
// a machine without, and says so.
func TestHardwareThatIsNotThere(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	if b.tools.Works(context.Background(), "h264_nvenc") == nil || b.tools.Works(context.Background(), "h264_vaapi") == nil {
		t.Skip("this machine has a graphics processor that encodes")
	}
	out := b.completed(t, map[string]any{"hardware": true}, generate(t, "a.mp4", cat(pattern("160x120", "25", "1"), x264())...))
	if v := out.notes.Video[0]; v.Encoder != "libx264" {
		t.Errorf("%+v", v)
	}
	remark := strings.Join(out.notes.Remarks, " ")
	for _, want := range []string{"Hardware encoding was asked for, but none works on this machine for H264", "h264_nvenc: ", "h264_vaapi: ", "libx264 was used."} {
		if !strings.Contains(remark, want) {
			t.Errorf("no %q in %q", want, remark)
		}
	}
	t.Log(remark)
}

// TestHardwareThatFails: a device that gives up in the middle is replaced by
// software. The encoder named here fails on every machine.
func TestHardwareThatFails(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	source := generate(t, "a.mp4", cat(pattern("160x120", "25", "1"), x264())...)
	e := &encode{
		tools: b.tools, job: b.job(), profile: Profile{Preset: "ultrafast"}.withDefaults(), inputs: []inputFile{{path: source}}, dir: t.TempDir(),
		progress: func(float64) {},
	}
	found, err := e.probe(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	p := newPlan(found, e.profile, true)
	p.inputs, p.dir, p.scratch = []string{source}, e.dir, e.dir
	p.ladder.Renditions[0].Encoder = "broken_nvenc"
	if err := e.transcode(context.Background(), &p); err != nil {
		t.Fatal(err)
	}
	notes, err := e.measure(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	if notes.Video[0].Encoder != "libx264" || !strings.HasPrefix(strings.Join(notes.Remarks, ""), "Hardware encoding failed (") {
		t.Errorf("%+v", notes)
	}
}

func TestTooSmallForAV1(t *testing.T) {
	t.Parallel()
	b := setup(t, ffmpeg.Config{})
	out := b.completed(t, map[string]any{"codecs": []string{media.CodecAV1}}, generate(t, "a.mp4", cat(pattern("64x48", "25", "1"), x264())...))
	if len(out.notes.Video) != 1 || out.notes.Video[0].Codec != media.CodecH264 || !strings.Contains(strings.Join(out.notes.Remarks, ""), "too small for AV1") {
		t.Errorf("%+v", out.notes)
	}
}
