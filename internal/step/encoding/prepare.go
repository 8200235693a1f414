package encoding

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// prepare finds out what the plan needs to know of source and machine, once the
// renditions stand.
func (e *encode) prepare(ctx context.Context, p *plan) error {
	if err := e.lookAtLight(ctx, p); err != nil {
		return err
	}
	if err := e.chooseEncoders(ctx, p); err != nil {
		return err
	}
	return e.level(ctx, p)
}

// lookAtLight reads the metadata of HDR10 where a rendition is to carry them.
func (e *encode) lookAtLight(ctx context.Context, p *plan) error {
	if !slices.ContainsFunc(p.ladder.Renditions, func(r media.Rendition) bool { return r.VideoRange == media.RangePQ }) {
		return nil
	}
	v := *p.source.Video
	found, err := e.tools.Mastering(ctx, p.inputs[v.Input], v.Stream)
	if err != nil {
		return err
	}
	if found != nil {
		m := media.Mastering(*found)
		v.Mastering, p.source.Video = &m, &v
	}
	return nil
}

// chooseEncoders sets the encoder of every rendition.
func (e *encode) chooseEncoders(ctx context.Context, p *plan) error {
	if p.profile.Hardware && p.source.Video != nil {
		if err := e.chooseDevices(ctx, p); err != nil {
			return err
		}
	}
	var needed []string
	for _, r := range p.ladder.Renditions {
		if !r.Copy {
			needed = append(needed, r.Encoder)
		}
	}
	for _, t := range p.audio {
		needed = append(needed, t.form.encoder())
	}
	for _, name := range needed {
		if !e.tools.HasEncoder(name) {
			return &vod.StepError{
				Class: vod.ClassConfig, Reason: vod.ReasonConfig,
				Message: fmt.Sprintf("The encoding profile needs the encoder %s, which this server's ffmpeg was built without.", name),
				Hint:    "Install a full build, on Debian and Ubuntu: apt-get install ffmpeg; or take the codec out of the profile. `orchestrate doctor` lists what is missing.",
			}
		}
	}
	return nil
}

// transcode runs ffmpeg, and again for the stills. An encoder of a graphics
// processor that fails is replaced by software, once.
func (e *encode) transcode(ctx context.Context, p *plan) error {
	command := func() ffmpeg.Command {
		return ffmpeg.Command{
			Args: p.args(), Duration: p.source.Duration, Trace: e.job.Trace, MoreMemory: p.moreMemory(),
			Progress: func(share float64) { e.progress(share * encodeShare) },
		}
	}
	err := e.tools.Run(ctx, command())
	var se *vod.StepError
	if errors.As(err, &se) && se.Class != vod.ClassCancelled && p.toSoftware(se) {
		err = e.tools.Run(ctx, command())
	}
	if err != nil || p.source.Video == nil {
		return err
	}
	return e.tools.Run(ctx, ffmpeg.Command{Args: p.stillArgs()})
}
