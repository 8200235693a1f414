package packaging

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// decode has ffmpeg decode the first and the last segment of a track. Any error
// that the decoder reports counts; it would conceal most of them.
func (r *runner) decode(ctx context.Context, job step.Job, folder string, m measured) error {
	names := []string{manifest.InitName, manifest.SegmentName(1)}
	if last := len(m.starts); last > 1 {
		names = append(names, manifest.SegmentName(last))
	}
	joined := filepath.Join(job.Scratch, m.folder+".mp4")
	if err := join(joined, filepath.Join(folder, m.folder), names); err != nil {
		return location.WriteError(joined, err)
	}
	defer os.Remove(joined) //nolint:errcheck // The scratch folder goes anyway.
	args := append([]string{"-xerror", "-err_detect", "explode"}, ffmpeg.Input(joined)...)
	err := r.tools.Run(ctx, ffmpeg.Command{
		Args:  append(args, "-map", "0", "-fps_mode", "passthrough", "-f", "null", "-"),
		Trace: job.Trace,
	})
	var failed *vod.StepError
	if errors.As(err, &failed) && (failed.Class == vod.ClassMedia || failed.Reason == vod.ReasonEncoder) {
		verify := unverified("Track %s: the first or last of its %d segments does not decode: %s", m.folder, len(m.starts), failed.Message)
		return errors.Join(verify, failed)
	}
	return err
}

// join writes the named files of a folder one after the other.
func join(path, folder string, names []string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	for _, name := range names {
		if err := appendFile(out, filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}

func appendFile(w io.Writer, path string) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(w, in)
	return err
}
