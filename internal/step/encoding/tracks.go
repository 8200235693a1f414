package encoding

import (
	"cmp"
	"fmt"
	"slices"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// track is an audio track to be put out in one form.
type track struct {
	media.AudioSource
	form    AudioRendition
	number  int // of the source's track, from 0
	file    string
	name    string
	tag     *string // BCP 47
	initial bool    // the default track
	gain    float64 // dB
}

// withDefaults fills in what the profile leaves open.
func (a AudioRendition) withDefaults() AudioRendition {
	a.Channels = cmp.Or(a.Channels, stereo)
	if a.Bitrate == 0 {
		a.Bitrate = 128
		if a.Codec == media.CodecOpus {
			a.Bitrate = 96
		}
		if a.Channels == surround {
			a.Bitrate *= 3
		}
	}
	return a
}

// The numbers of channels of outputs.
const (
	stereo   = 2
	surround = 6 // 5.1
)

// suffix tells the forms of a track apart in file names; AAC in stereo, which
// everything plays, has none.
func (a AudioRendition) suffix() string {
	suffix := ""
	if a.Codec == media.CodecOpus {
		suffix = "_opus"
	}
	if a.Channels == surround {
		suffix = cmp.Or(suffix, "_aac") + "51"
	}
	return suffix
}

// encoder is ffmpeg's name for the one that is used.
func (a AudioRendition) encoder() string {
	if a.Codec == media.CodecOpus {
		return "libopus"
	}
	return "aac"
}

// forms are those in which a track with some channels is put out. There is no
// 5.1 of tracks that have less; the codecs that would be left without anything
// get stereo instead.
func forms(wanted []AudioRendition, channels int) []AudioRendition {
	var out []AudioRendition
	for _, a := range wanted {
		if a.Channels <= channels || a.Channels == stereo {
			out = append(out, a)
		}
	}
	for _, a := range wanted {
		if !slices.ContainsFunc(out, func(b AudioRendition) bool { return a.Codec == b.Codec }) {
			out = append(out, AudioRendition{Codec: a.Codec}.withDefaults())
		}
	}
	return out
}

// tracks names the audio tracks, each in all its forms, and picks the default
// one: the first that the source marks, else the first.
func tracks(sources []media.AudioSource, wanted []AudioRendition) []track {
	var out []track
	initial := max(slices.IndexFunc(sources, func(a media.AudioSource) bool { return a.Default }), 0)
	used := map[string]bool{}
	for i, a := range sources {
		tag := canonicalTag(a.Language)
		name := trackName(a, tag, i+1)
		for n, base := 2, name; used[name]; n++ {
			name = fmt.Sprintf("%s %d", base, n)
		}
		used[name] = true
		code := a.Language
		if tag == nil {
			code = "und"
		}
		for _, form := range forms(wanted, a.Channels) {
			out = append(out, track{
				AudioSource: a, form: form, number: i, tag: tag, initial: i == initial, name: name,
				file: fmt.Sprintf("audio_%d_%s%s.mp4", i+1, code, form.suffix()),
			})
		}
	}
	return out
}

// canonicalTag is the BCP 47 tag for a language as sources tag it ("eng" is
// "en"); nil if it is unknown.
func canonicalTag(code string) *string {
	tag, err := language.Parse(code)
	if err != nil || tag == language.Und {
		return nil
	}
	text := tag.String()
	return &text
}

// trackName is what people choose a track by: its title, else its language in
// English.
func trackName(a media.AudioSource, tag *string, number int) string {
	if a.Title != "" {
		return a.Title
	}
	if tag != nil {
		if *tag == "no" { // which the library takes for one of its two written forms
			return "Norwegian"
		}
		if name := display.English.Tags().Name(language.Make(*tag)); name != "" {
			return name
		}
		return *tag
	}
	return fmt.Sprintf("Audio %d", number)
}
