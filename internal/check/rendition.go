package check

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math"
	"net/url"
	"path"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/check/dash"
	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
	"github.com/via-orchestrate/orchestrate/internal/check/hls"
)

const (
	maxManifest = 16 << 20 // bytes of a playlist or manifest
	maxTracks   = 1000     // those of HLS and of DASH
	maxSegments = 1 << 20  // of all DASH manifests: a day of 4 s in 48 renditions
)

// Who describes a rendition.
const (
	FormatHLS  = "HLS"
	FormatDASH = "DASH"
)

// Kinds of tracks.
const (
	kindVideo = "video"
	kindAudio = "audio"
	kindText  = "text"
	kindImage = "image"
)

func kindRank(kind string) int {
	return strings.Index("video audio text image", kind)
}

// part is a header or a segment as a manifest names it.
type part struct {
	address  string
	span     fetch.Range
	start    float64 // seconds, as declared
	duration float64 // seconds, as declared; 0 where nothing is
	exact    bool    // start is declared for this one, not reckoned
	gap      bool
	restart  bool // times and numbers need not follow those of the part before
	line     int  // of the playlist
}

// rendition is a track as one manifest describes it.
type rendition struct {
	from     string
	manifest string // address of the media playlist or the MPD
	name     string // for people
	kind     string // empty until the header is read
	language string
	header   *part
	segments []part
	keys     []hls.Key // in force for the first segment
	whole    bool      // encrypted as a whole (AES-128)
	sequence int64     // of the first segment

	playlist *playlist            // HLS
	mpd      *manifestMPD         // DASH
	set      *dash.Set            // DASH
	rep      *dash.Representation // DASH
	offset   float64              // seconds that DASH takes off media times

	track *track // nil where it is not MP4
}

// manifestMPD is a DASH manifest that was read.
type manifestMPD struct {
	*dash.MPD
	address string
}

// playlist is an HLS playlist that was read.
type playlist struct {
	*hls.Playlist
	address string
	text    bool // of subtitles
	// rendition is what a media playlist describes, unless it is of I-frames.
	rendition *rendition
	// iframes are those of an I-frame playlist.
	iframes *rendition
	// byURI are the media playlists that a multivariant one names, by their
	// reference there.
	byURI map[string]*playlist
}

func isMPD(address string, text []byte) bool {
	if strings.HasSuffix(strings.ToLower(pathOf(address)), ".mpd") {
		return true
	}
	return bytes.Contains(text[:min(len(text), 4096)], []byte("<MPD"))
}

// pathOf is the path of an address, which may be a URL.
func pathOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.IsAbs() {
		return u.Path
	}
	return address
}

// shown is an address for people: without its query, which may be a secret.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil || !u.IsAbs() {
		return address
	}
	query := ""
	if u.RawQuery != "" {
		query = "?…"
	}
	return u.Scheme + "://" + u.Host + u.Path + query
}

// trackName calls a track after the folder of its segments, or after the file
// that holds all of them.
func trackName(segments []part) string {
	first := pathOf(segments[0].address)
	if len(segments) > 1 && segments[1].address == segments[0].address {
		return path.Base(first)
	}
	if dir := path.Base(path.Dir(first)); dir != "." && dir != "/" && segmentsAlone(segments) {
		return dir
	}
	return strings.TrimSuffix(path.Base(first), path.Ext(first))
}

// segmentsAlone tells whether file names say nothing of the track: they begin
// with "seg".
func segmentsAlone(segments []part) bool {
	return strings.HasPrefix(path.Base(pathOf(segments[0].address)), "seg")
}

// fileProblem sorts an error of reading into the rule that it breaks.
func (r *run) fileProblem(where string, err error) {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return
	}
	var path *fs.PathError
	if r.Expect != nil && errors.As(err, &path) && !errors.Is(err, fetch.ErrMissing) {
		r.fail(err)
	}
	rule := ruleFile
	if errors.Is(err, fetch.ErrOutside) {
		rule = ruleOutside
	}
	r.add(rule, where, "%s", strings.TrimPrefix(err.Error(), where+" is "))
}

// readDASH reads a manifest and lists its renditions.
func (r *run) readDASH(ctx context.Context, address string, text []byte) {
	if r.segments >= maxSegments {
		r.add(ruleSkipped, shown(address), "only %d segments are checked", maxSegments)
		return
	}
	parsed, err := dash.Parse(text)
	if err != nil {
		r.add(ruleDASHSyntax, shown(address), "%v", err)
		return
	}
	m := &manifestMPD{parsed, address}
	r.mpds = append(r.mpds, m)
	for _, p := range parsed.Problems {
		r.add(ruleDASHSyntax, shown(address)+", "+p.Where, "%s", p.Text)
	}
	for i := range parsed.Periods {
		period := &parsed.Periods[i]
		for n := range period.Sets {
			for k := range period.Sets[n].Representations {
				r.addRepresentation(ctx, m, period.Start, &period.Sets[n], &period.Sets[n].Representations[k])
			}
		}
	}
}

func (r *run) addRepresentation(ctx context.Context, m *manifestMPD, start float64, set *dash.Set, rep *dash.Representation) {
	if len(r.renditions) == maxTracks {
		r.add(ruleSkipped, shown(m.address), "only %d renditions are checked", maxTracks)
		return
	}
	x := &rendition{from: FormatDASH, manifest: m.address, name: rep.ID, language: set.Lang, mpd: m, set: set, rep: rep, offset: rep.Offset - start}
	where := shown(m.address) + ", " + rep.ID
	base := m.address
	for _, b := range rep.BaseURLs {
		next, err := r.Source.Resolve(base, b)
		if err != nil {
			r.fileProblem(where, err)
			return
		}
		base = next
	}
	resolve := func(p dash.Part) (part, bool) {
		out := part{address: base, span: fetch.Range(p.Range), start: p.Start + start, duration: p.Duration, exact: p.Exact}
		if p.URL != "" {
			address, err := r.Source.Resolve(base, p.URL)
			if err != nil {
				r.fileProblem(where, err)
				return part{}, false
			}
			out.address = address
		}
		return out, true
	}
	if rep.Init != nil {
		header, ok := resolve(*rep.Init)
		if !ok {
			return
		}
		x.header = &header
	}
	listed := rep.Segments
	rep.Segments = nil // not needed any more, and possibly many
	if r.segments += len(listed); r.segments > maxSegments {
		r.add(ruleSkipped, where, "only %d segments are checked", maxSegments)
		return
	}
	for _, s := range listed {
		p, ok := resolve(s)
		if !ok {
			return
		}
		x.segments = append(x.segments, p)
	}
	if rep.Index != nil && !r.readIndex(ctx, where, base, x) {
		return
	}
	switch {
	case rep.Tiles != [2]int{} || strings.HasPrefix(rep.MIMEType, "image/"):
		x.kind = kindImage
	case rep.MIMEType == "text/vtt" || rep.MIMEType == "application/ttml+xml":
		x.kind = kindText
	case x.header == nil && rep.Whole: // header and segments in one file
		x.header = &part{address: base}
	}
	if len(x.segments) == 0 {
		r.add(ruleDASHSyntax, where, "it has no segments")
		return
	}
	r.renditions = append(r.renditions, x)
}

// readIndex lists the segments from sidx (SegmentBase).
func (r *run) readIndex(ctx context.Context, where, base string, x *rendition) bool {
	index, err := r.segmentIndex(ctx, base, fetch.Range(*x.rep.Index))
	if err != nil {
		r.partProblem(where+", segment index", err)
		return false
	}
	if x.header == nil {
		x.header = &part{address: base, span: fetch.Range{Length: x.rep.Index.Offset}}
	}
	at := float64(index.Earliest)/float64(index.Timescale) - x.offset
	for _, ref := range index.References {
		if ref.Index {
			r.add(ruleSkipped, where, "its segment index leads to further ones, which are not followed")
			return false
		}
		d := float64(ref.Duration) / float64(index.Timescale)
		x.segments = append(x.segments, part{
			address: base, span: fetch.Range{Offset: ref.Offset, Length: ref.Size}, start: at, duration: d, exact: true,
		})
		at += d
	}
	return true
}

// near tells whether two times in seconds are within the tolerance.
func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance+1e-9 }
