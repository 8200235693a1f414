package manifest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// hlsVersion is the lowest version that allows EXT-X-MAP in a media playlist
// that is not of I-frames only (RFC 8216, 7).
const hlsVersion = 6

// startRate is the average bit rate nearest to which the first variant should
// be, as players that do not measure yet begin with it (Apple's HLS authoring
// specification, 9, recommends 2000 kbit/s as the default on Wi-Fi).
const startRate = 2_000_000

// Multivariant writes the multivariant playlist (RFC 8216, 4.3.4).
func Multivariant(p Presentation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:%d\n#EXT-X-INDEPENDENT-SEGMENTS\n", hlsVersion)
	groups := p.audioGroups()
	for _, g := range groups {
		b.WriteByte('\n')
		for i, t := range g.tracks {
			g.writeMedia(&b, t, i, len(p.Video) == 0)
		}
	}
	b.WriteByte('\n')
	target := p.targetDuration()
	if len(p.Video) == 0 {
		for _, g := range groups {
			writeAudioVariant(&b, g, target)
		}
		return b.String()
	}
	for _, t := range p.byStart() {
		writeVariants(&b, t, groups, target)
	}
	b.WriteByte('\n')
	for _, t := range p.Video {
		writeIFrameVariant(&b, t, target)
	}
	return b.String()
}

// byStart puts the rendition to begin with first and leaves the others in
// their order.
func (p Presentation) byStart() []Track {
	target := p.targetDuration()
	distance := func(t Track) float64 {
		return math.Abs(math.Log(float64(max(t.rates(target).average, 1)) / startRate))
	}
	first := slices.MinFunc(p.Video, func(a, b Track) int { return cmp.Compare(distance(a), distance(b)) })
	out := []Track{first}
	for _, t := range p.Video {
		if t.Folder != first.Folder {
			out = append(out, t)
		}
	}
	return out
}

// audioGroup holds the audio tracks that a variant can choose among: one for
// each language and name, all with the same codec and channels (RFC 8216,
// 4.3.4.1.1).
type audioGroup struct {
	id     string
	tracks []Track
}

func (p Presentation) audioGroups() []audioGroup {
	var groups []audioGroup
	for _, t := range p.Audio {
		id := fmt.Sprintf("%s-%d", strings.ReplaceAll(t.Codecs, ".", "-"), t.Channels)
		i := slices.IndexFunc(groups, func(g audioGroup) bool { return g.id == id })
		if i < 0 {
			i = len(groups)
			groups = append(groups, audioGroup{id: id})
		}
		groups[i].tracks = append(groups[i].tracks, t)
	}
	return groups
}

// writeMedia writes EXT-X-MEDIA of the track with this number in the group.
// Where there is no video, the default track is the variant itself and has no
// URI (RFC 8216, 4.3.4.2.1).
func (g audioGroup) writeMedia(b *strings.Builder, t Track, number int, alone bool) {
	first := number == 0
	a := attributes{b: b}
	a.begin("#EXT-X-MEDIA:TYPE=AUDIO")
	a.quoted("GROUP-ID", g.id)
	a.quoted("NAME", t.Name)
	if t.Language != Unknown {
		a.quoted("LANGUAGE", t.Language)
	}
	a.plain("AUTOSELECT", yesNo(g.chosenByItself(number)))
	a.plain("DEFAULT", yesNo(first))
	if t.Described {
		a.quoted("CHARACTERISTICS", "public.accessibility.describes-video")
	}
	a.quoted("CHANNELS", strconv.Itoa(t.Channels))
	if !alone || !first {
		a.quoted("URI", t.Folder+"/"+PlaylistName)
	}
	a.end()
}

// chosenByItself tells whether a player may pick the track by its language: the
// default one, and the first of each language and purpose, as those with
// AUTOSELECT=YES should differ in that (RFC 8216, 4.3.4.1.1). Commentary is for
// those who ask for it.
func (g audioGroup) chosenByItself(number int) bool {
	t := g.tracks[number]
	if number == 0 || t.Commentary {
		return number == 0
	}
	return !slices.ContainsFunc(g.tracks[:number], func(before Track) bool {
		return before.Language == t.Language && before.Described == t.Described && !before.Commentary
	})
}

func yesNo(yes bool) string {
	if yes {
		return "YES"
	}
	return "NO"
}

// writeVariants writes the rendition once for each audio group, as the codec
// and the bit rate of a variant include those of the audio.
func writeVariants(b *strings.Builder, t Track, groups []audioGroup, target int) {
	if len(groups) == 0 {
		groups = []audioGroup{{}}
	}
	for _, g := range groups {
		rates, audio := t.rates(target), g.rates(target)
		a := attributes{b: b}
		a.begin("#EXT-X-STREAM-INF:BANDWIDTH=" + strconv.Itoa(rates.peak+audio.peak))
		a.plain("AVERAGE-BANDWIDTH", strconv.Itoa(rates.average+audio.average))
		codecs := t.Codecs
		if g.id != "" {
			codecs += "," + g.tracks[0].Codecs
		}
		a.quoted("CODECS", codecs)
		a.plain("RESOLUTION", resolution(t))
		a.plain("FRAME-RATE", strconv.FormatFloat(t.FrameRate.float(), 'f', 3, 64))
		if g.id != "" {
			a.quoted("AUDIO", g.id)
		}
		a.plain("CLOSED-CAPTIONS", "NONE")
		a.end()
		fmt.Fprintf(b, "%s/%s\n", t.Folder, PlaylistName)
	}
}

// rates are the largest of the group, since a variant's rates are those of its
// most demanding combination (RFC 8216, 4.3.4.2).
func (g audioGroup) rates(target int) bitRates {
	var out bitRates
	for _, t := range g.tracks {
		r := t.rates(target)
		out.peak, out.average = max(out.peak, r.peak), max(out.average, r.average)
	}
	return out
}

func writeAudioVariant(b *strings.Builder, g audioGroup, target int) {
	rates := g.rates(target)
	a := attributes{b: b}
	a.begin("#EXT-X-STREAM-INF:BANDWIDTH=" + strconv.Itoa(rates.peak))
	a.plain("AVERAGE-BANDWIDTH", strconv.Itoa(rates.average))
	a.quoted("CODECS", g.tracks[0].Codecs)
	a.quoted("AUDIO", g.id)
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
