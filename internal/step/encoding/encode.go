package encoding

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// encodeShare is the share of the work that is the encode's; the rest is looking
// at what came out and making it durable.
const encodeShare = 0.94

// encode is the work on one fileset.
type encode struct {
	tools    *ffmpeg.Tools
	job      step.Job
	profile  Profile // with defaults
	inputs   []inputFile
	dir      string
	progress func(share float64)

	// Set by run.
	played time.Duration // of the source
	facts  *vod.SourceReport
	told   vod.Report
}

// run probes, encodes and checks. It gives the files put out, each with its
// name in place of its address.
func (e *encode) run(ctx context.Context) ([]vod.File, error) {
	source, err := e.probe(ctx)
	if err != nil {
		return nil, err
	}
	e.played = source.Duration
	p := newPlan(source, e.profile, e.canConvert())
	for _, in := range e.inputs {
		p.inputs = append(p.inputs, in.path)
	}
	p.dir, p.scratch = e.dir, filepath.Join(e.job.Scratch, "stills")
	if err := os.MkdirAll(p.scratch, 0o750); err != nil {
		return nil, location.WriteError(p.scratch, err)
	}
	e.passThrough(&p)
	if err := e.perTitle(ctx, &p); err != nil {
		return nil, err
	}
	if err := e.prepare(ctx, &p); err != nil {
		return nil, err
	}
	if err := e.transcode(ctx, &p); err != nil {
		return nil, err
	}
	notes, err := e.measure(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := writeNotes(e.dir, notes); err != nil {
		return nil, err
	}
	if e.told, err = e.report(ctx, p, notes); err != nil {
		return nil, err
	}
	e.progress(1)
	return outputFiles(notes), nil
}

// canConvert tells whether ffmpeg can convert between colour spaces and dynamic
// ranges.
func (e *encode) canConvert() bool {
	return e.tools.HasFilter("zscale") && e.tools.HasFilter("tonemap")
}

// probe looks into every input file, chooses what to encode and notes the facts.
func (e *encode) probe(ctx context.Context) (media.Source, error) {
	var probes []*ffmpeg.Probe
	for _, in := range e.inputs {
		p, err := e.tools.Probe(ctx, in.path)
		if err != nil {
			return media.Source{}, err
		}
		if err := checkWhole(in.path); err != nil {
			return media.Source{}, err
		}
		probes = append(probes, p)
	}
	source, err := chooseSource(e.inputs, probes)
	if err == nil {
		e.facts = facts(e.inputs, probes, source)
	}
	return source, err
}

func writeNotes(dir string, notes media.EncodingNotes) error {
	text, err := json.MarshalIndent(notes, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding notes: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, media.NotesName), append(text, '\n'), 0o640); err != nil {
		return location.WriteError(dir, err)
	}
	return nil
}

// outputFiles lists the entry files that the notes tell of, by name.
func outputFiles(notes media.EncodingNotes) []vod.File {
	var files []vod.File
	for _, v := range notes.Video {
		files = append(files, vod.File{MediaType: vod.MediaVideo, URI: v.File})
	}
	for _, a := range notes.Audio {
		files = append(files, vod.File{MediaType: vod.MediaAudio, Language: a.Language, URI: a.File})
	}
	if notes.Poster != nil {
		files = append(files, vod.File{MediaType: vod.MediaImage, URI: notes.Poster.File})
	}
	return files
}
