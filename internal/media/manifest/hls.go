package manifest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// hlsVersion is the lowest version that allows EXT-X-MAP in a media playlist
// that is not of I-frames only (RFC 8216, 7).
const hlsVersion = 6

// startRate is the average bit rate nearest to which the first variant should
// be, as players that do not measure yet begin with it (Apple's HLS authoring
// specification, 9, recommends 2000 kbit/s as the default on Wi-Fi).
const startRate = 2_000_000

// Multivariant writes the multivariant playlist (RFC 8216, 4.3.4). Every
// rendition stands in it once for each audio group, as the codecs and the bit
// rate of a variant include those of the audio.
func Multivariant(p Presentation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:%d\n#EXT-X-INDEPENDENT-SEGMENTS\n", hlsVersion)
	p.Protection.writeSessionKeys(&b)
	groups := p.audioGroups()
	for _, g := range groups {
		b.WriteByte('\n')
		for i := range g.tracks {
			g.writeMedia(&b, i, len(p.Video) == 0)
		}
	}
	p.writeTextMedia(&b)
	b.WriteByte('\n')
	if len(groups) == 0 {
		groups = []audioGroup{{}}
	}
	video := p.byStart()
	for _, g := range groups {
		if len(video) == 0 {
			p.writeAudioVariant(&b, g)
		}
		for _, t := range video {
			p.writeVariant(&b, t, g)
		}
	}
	if len(video) == 0 || !p.HasIFrames() {
		return b.String()
	}
	b.WriteByte('\n')
	for _, t := range p.Video {
		writeIFrameVariant(&b, t, p.targetDuration())
	}
	return b.String()
}

// byStart puts the rendition to begin with first, one that all players can
// play, and leaves the others in their order.
func (p Presentation) byStart() []Track {
	if len(p.Video) == 0 {
		return nil
	}
	target := p.targetDuration()
	distance := func(t Track) float64 {
		return math.Abs(math.Log(float64(max(t.rates(target).average, 1)) / startRate))
	}
	first := slices.MinFunc(p.Video, func(a, b Track) int {
		return cmp.Or(cmp.Compare(a.PictureRank(), b.PictureRank()), cmp.Compare(distance(a), distance(b)))
	})
	out := []Track{first}
	for _, t := range p.Video {
		if t.Folder != first.Folder {
			out = append(out, t)
		}
	}
	return out
}

// PictureRank is the lower the more players can play a video track: H.264,
// HEVC, AV1, others, and of each codec first what is not HDR.
func (t Track) PictureRank() int {
	rank := 6
	switch t.format() {
	case "avc1", "avc3":
		rank = 0
	case "hvc1", "hev1":
		rank = 2
	case "av01":
		rank = 4
	}
	if t.isHDR() {
		rank++
	}
	return rank
}

func (t Track) isHDR() bool { return t.VideoRange == media.RangePQ || t.VideoRange == media.RangeHLG }

func yesNo(yes bool) string {
	if yes {
		return "YES"
	}
	return "NO"
}

func (p Presentation) writeVariant(b *strings.Builder, t Track, g audioGroup) {
	target := p.targetDuration()
	rates, audio := t.rates(target), g.rates(target)
	a := attributes{b: b}
	a.begin("#EXT-X-STREAM-INF:BANDWIDTH=" + strconv.Itoa(rates.peak+audio.peak))
	a.plain("AVERAGE-BANDWIDTH", strconv.Itoa(rates.average+audio.average))
	a.quoted("CODECS", strings.Join(append([]string{t.Codecs}, g.codecs()...), ","))
	a.plain("RESOLUTION", resolution(t))
	a.plain("FRAME-RATE", strconv.FormatFloat(t.FrameRate.float(), 'f', 3, 64))
	a.videoRange(t)
	if g.id != "" {
		a.quoted("AUDIO", g.id)
	}
	p.namesText(a)
	a.plain("CLOSED-CAPTIONS", "NONE")
	a.end()
	fmt.Fprintf(b, "%s/%s\n", t.Folder, PlaylistName)
}

func (p Presentation) writeAudioVariant(b *strings.Builder, g audioGroup) {
	rates := g.rates(p.targetDuration())
	a := attributes{b: b}
	a.begin("#EXT-X-STREAM-INF:BANDWIDTH=" + strconv.Itoa(rates.peak))
	a.plain("AVERAGE-BANDWIDTH", strconv.Itoa(rates.average))
	a.quoted("CODECS", strings.Join(g.codecs(), ","))
	a.quoted("AUDIO", g.id)
	p.namesText(a)
	a.end()
	fmt.Fprintf(b, "%s/%s\n", g.tracks[0].Folder, PlaylistName)
}

// writeIFrameVariant names the I-frame playlist (RFC 8216, 4.3.4.3), which
// Apple's HLS authoring specification, 6.1, requires for scrubbing.
func writeIFrameVariant(b *strings.Builder, t Track, target int) {
	rates := t.iframeRates(target)
	a := attributes{b: b}
	a.begin("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=" + strconv.Itoa(rates.peak))
	a.plain("AVERAGE-BANDWIDTH", strconv.Itoa(rates.average))
	a.quoted("CODECS", t.Codecs)
	a.plain("RESOLUTION", resolution(t))
	a.videoRange(t)
	a.quoted("URI", t.Folder+"/"+IFramesName)
	a.end()
}

func resolution(t Track) string {
	width, height := t.displaySize()
	return fmt.Sprintf("%dx%d", width, height)
}

// attributes writes an attribute list (RFC 8216, 4.2).
type attributes struct{ b *strings.Builder }

func (a attributes) begin(tag string)         { a.b.WriteString(tag) }
func (a attributes) plain(name, value string) { fmt.Fprintf(a.b, ",%s=%s", name, value) }
func (a attributes) end()                     { a.b.WriteByte('\n') }

// quoted writes a quoted string, which cannot hold quotes nor line ends.
func (a attributes) quoted(name, value string) {
	clean := strings.NewReplacer(`"`, "'", "\n", " ", "\r", " ").Replace(value)
	fmt.Fprintf(a.b, ",%s=\"%s\"", name, clean)
}

func (a attributes) language(tag string) {
	if tag != Unknown {
		a.quoted("LANGUAGE", tag)
	}
}

// videoRange names the dynamic range (draft-pantos-hls-rfc8216bis, 4.4.6.2),
// which Apple's HLS authoring specification asks for as soon as one rendition is
// HDR.
func (a attributes) videoRange(t Track) {
	if t.VideoRange != "" {
		a.plain("VIDEO-RANGE", t.VideoRange)
	}
}
