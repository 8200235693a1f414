package submit

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// kindOf tells a file's media type by its name; what is not known is a video.
func kindOf(name string) string {
	ext := strings.ToLower(path.Ext(name))
	switch {
	case slices.Contains([]string{".srt", ".vtt", ".ttml", ".dfxp", ".xml", ".ass", ".ssa", ".sub", ".stl", ".scc"}, ext):
		return vod.MediaSubtitle
	case slices.Contains([]string{".mp3", ".m4a", ".aac", ".wav", ".flac", ".ogg", ".oga", ".opus", ".ac3", ".eac3", ".ec3", ".aif", ".aiff", ".wma", ".mka"}, ext):
		return vod.MediaAudio
	case ext == ".smil":
		return vod.MediaSMIL
	}
	return vod.MediaVideo
}

// stem is a name without its extension.
func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// fileName is the file name that an address ends with, for people.
func fileName(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Path == "" || strings.HasSuffix(u.Path, "/") {
		return address
	}
	return path.Base(u.Path)
}

// suggest makes an asset id of a file's name; "" if it makes none.
func suggest(name string) string {
	id := strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(stem(name), "")))
	if orchestrate.CheckAssetID(id) != nil {
		return ""
	}
	return id
}
