package encoding

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/step/encoding/complexity"
)

// probePreset is the slowest with which samples are encoded.
const probePreset = "veryfast"

// perTitle fits the ladder to what samples of the title need. Where they cannot
// be taken the ladder stays as it is, and a remark tells why.
func (e *encode) perTitle(ctx context.Context, p *plan) error {
	v := p.source.Video
	if v == nil || !e.profile.PerTitle {
		return nil
	}
	needs, err := e.needs(ctx, p)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		e.job.Log.Warn("the samples of the title could not be measured", "error", err)
		p.told = append(p.told, "The ladder was not fitted to the title, as its samples could not be measured: "+plainly(err)+".")
		return nil
	}
	ladder, sentences := media.PerTitle(p.ladder, needs, e.profile.CRF)
	p.ladder = ladder
	p.told = append(p.told, sentences...)
	return nil
}

func (e *encode) needs(ctx context.Context, p *plan) ([]media.Need, error) {
	v := p.source.Video
	scratch := filepath.Join(e.job.Scratch, "samples")
	if err := os.MkdirAll(scratch, 0o750); err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch) //nolint:errcheck // The executor removes what is left.
	preset := e.profile.Preset
	if slices.Index(Presets(), preset) > slices.Index(Presets(), probePreset) {
		preset = probePreset
	}
	var sizes []media.Size
	for _, r := range p.ladder.Renditions {
		if !slices.Contains(sizes, r.Size) {
			sizes = append(sizes, r.Size)
		}
	}
	return complexity.Probe(ctx, e.tools, complexity.Title{
		Source: p.inputs[v.Input], Stream: v.Stream, Timing: p.timing(*v), Rate: p.ladder.Rate,
		Frames: int64(v.End.Seconds() * p.ladder.Rate.Float()), Lead: p.lead(),
		Picture: func(size media.Size) []string { return p.picture(*v, size, pixelFormat(8)) },
		Sizes:   sizes, Display: media.DisplaySize(*v), Preset: preset, CRF: e.profile.CRF, Scratch: scratch,
	})
}
