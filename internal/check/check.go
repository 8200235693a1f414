package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

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
	segments   int   // that manifests told of in a few words each
	failure    error // of this machine
}

// fail notes down that a file that is there cannot be read. Who made it has to
// know that this is no fault of the file.
func (r *run) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failure == nil {
		r.failure = err
	}
}

// rising makes a progress callback that may be called concurrently from one that
// may not, and never tells less than before.
func rising(tell func(share float64)) func(share float64) {
	var mu sync.Mutex
	told := 0.0
	return func(share float64) {
		mu.Lock()
		defer mu.Unlock()
		if tell != nil && share > told {
			told = share
			tell(share)
		}
	}
}

// Run checks. What is wrong with the presentation is in the report; the error is
// for a target that cannot be read at all, for a failure of this machine, and
// for the end of ctx. With Expect, that is also a file that is there and that the
// disk does not give.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Parallel <= 0 {
		o.Parallel = 4
	}
	o.Progress = rising(o.Progress)
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
	if err := errors.Join(ctx.Err(), r.failure); err != nil {
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
			r.fileProblem(shown(address), err)
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

// judge applies the rules to what was read and measured: first what the bytes
// are, then what is said of them.
func (r *run) judge(ctx context.Context) {
	for _, t := range r.tracks {
		r.judgeTrack(t)
	}
	r.judgeExpected()
	r.judgeAlignment()
	for _, p := range r.playlists {
		r.judgePlaylist(p)
	}
	for _, x := range r.renditions {
		r.judgeRendition(x)
	}
	for _, p := range r.playlists {
		if p.Multivariant {
			r.judgeMultivariant(p)
		}
	}
	for _, m := range r.mpds {
		r.judgeMPD(m)
	}
	r.judgeTogether()
	r.judgeLanguages()
	r.judgeSameTracks()
	r.judgeProtection()
	r.judgeText(ctx)
	r.judgeIFrames(ctx)
	r.judgeThumbnails(ctx)
}

func (r *run) report() *Report {
	out := &Report{Findings: r.sorted()}
	for _, address := range r.Manifests {
		out.Manifests = append(out.Manifests, shown(address))
	}
	for _, t := range r.tracks {
		s := t.summary()
		for _, x := range r.renditions {
			if x.track == t {
				s.HLS, s.DASH = s.HLS || x.from == FormatHLS, s.DASH || x.from == FormatDASH
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
