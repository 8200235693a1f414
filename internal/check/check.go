package check

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
)

// Options say what to check.
type Options struct {
	Source fetch.Source
	// Manifests are the addresses of multivariant or media playlists (*.m3u8) and
	// DASH manifests (*.mpd), that describe the same content.
	Manifests []string
	// Parallel is how many files are read at once; 0: 4.
	Parallel int
	// Tools decode; nil leaves the content alone.
	Tools *ffmpeg.Tools
	// Scratch is a folder for what is decoded. Needed with Tools.
	Scratch string
	// Deep decodes all segments; otherwise the first and the last of each track
	// and, of the smallest video and of audio, some between.
	Deep bool
	// Decrypt reads encrypted content; nil leaves it alone.
	Decrypt Decrypter
	// Expect is what has to be there; nil if that is not known.
	Expect *Expect
	// Progress is told the share done, 0..1. May be nil.
	Progress func(share float64)
	// Trace is told of runs of ffmpeg. May be nil.
	Trace func(command []string, log string)
}

// Decrypter gives the clear form of encrypted content. Implementations keep the
// key to themselves and are safe for concurrent use.
type Decrypter interface {
	// Whole decrypts a file that AES-128 of HLS encrypts as a whole. IV is 16
	// bytes: that of the playlist or made from the media sequence number.
	Whole(file, iv []byte) ([]byte, error)
	// Samples decrypts the samples of a segment of cenc or cbcs, and gives a
	// header and a segment in the clear.
	Samples(header, segment []byte) (clearHeader, clearSegment []byte, err error)
}

// ErrUnreadable is wrapped by the error for a target of which nothing could be
// read.
var ErrUnreadable = errors.New("nothing could be read")

// run is one run on its way.
type run struct {
	Options
	*findings
	playlists  []*playlist
	mpds       []*manifestMPD
	renditions []*rendition
	tracks     []*track
}

// Run checks. What is wrong with the presentation is in the report; the error is
// for a target that cannot be read at all, for a failure of this machine, and
// for the end of ctx.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Parallel <= 0 {
		o.Parallel = 4
	}
	if o.Progress == nil {
		o.Progress = func(float64) {}
	}
	r := &run{Options: o, findings: newFindings()}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	if err := r.measure(ctx); err != nil {
		return nil, err
	}
	o.Progress(0.5)
	r.judge(ctx)
	if err := r.decode(ctx); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	o.Progress(1)
	return r.report(), nil
}

// read follows all manifests.
func (r *run) read(ctx context.Context) error {
	var failed error
	read := 0
	for _, address := range r.Manifests {
		text, err := fetch.ReadAll(ctx, r.Source, address, maxManifest)
		if err != nil {
			failed = err
			r.add(ruleFile, address, "%v", err)
			continue
		}
		read++
		if isMPD(address, text) {
			r.readDASH(ctx, address, text)
		} else {
			r.readHLS(ctx, address, text)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if read == 0 {
		return fmt.Errorf("%w: %w", ErrUnreadable, errors.Join(failed, errNoManifest(r.Manifests)))
	}
	return nil
}

func errNoManifest(manifests []string) error {
	if len(manifests) > 0 {
		return nil
	}
	return errors.New("there is neither an HLS playlist nor a DASH manifest")
}

// judge applies the rules to what was read and measured.
func (r *run) judge(ctx context.Context) {
	for _, p := range r.playlists {
		r.judgePlaylist(p)
	}
	for _, p := range r.playlists {
		if p.Multivariant {
			r.judgeMultivariant(p)
		}
	}
	for _, m := range r.mpds {
		r.judgeMPD(m)
	}
	for _, t := range r.tracks {
		r.judgeTrack(t)
	}
	for _, x := range r.renditions {
		r.judgeRendition(x)
	}
	r.judgeAlignment()
	r.judgeTogether()
	r.judgeLanguages()
	r.judgeSameTracks()
	r.judgeProtection()
	r.judgeText(ctx)
	r.judgeIFrames(ctx)
	r.judgeThumbnails(ctx)
	r.judgeExpected()
}

func (r *run) report() *Report {
	out := &Report{Manifests: r.Manifests, Findings: r.sorted()}
	for _, t := range r.tracks {
		s := t.summary()
		for _, x := range r.renditions {
			if x.track == t {
				s.HLS, s.DASH = s.HLS || x.from == fromHLS, s.DASH || x.from == fromDASH
				if s.Language == "" {
					s.Language = x.language
				}
			}
		}
		out.Tracks = append(out.Tracks, s)
	}
	slices.SortStableFunc(out.Tracks, func(a, b Track) int { return kindRank(a.Kind) - kindRank(b.Kind) })
	return out
}
