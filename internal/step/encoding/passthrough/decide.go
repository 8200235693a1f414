package passthrough

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

// Choice is the rendition that the source takes the place of.
type Choice struct {
	Index   int // in the ladder
	GOP     int // frames from keyframe to keyframe, which all renditions then have
	Bitrate int // kbit/s, on average
}

// unfit is why a source is not passed through, in words that complete
// "The source was not passed through: it …".
type unfit struct{ why string }

func (u unfit) Error() string { return u.why }

func no(format string, args ...any) error { return unfit{fmt.Sprintf(format, args...)} }

// Decide looks for a rendition of the ladder that the file can be as it is. The
// sentence tells people what was decided, and why.
func Decide(path string, v media.VideoSource, ladder media.Ladder) (choice Choice, ok bool, sentence string) {
	choice, err := decide(path, v, ladder)
	if err != nil {
		return Choice{}, false, "The source was not passed through: it " + err.Error() + "."
	}
	r := ladder.Renditions[choice.Index]
	sentence = fmt.Sprintf("The source was passed through as %s, at %d kbit/s and with a keyframe every %d frames.", r.Name, choice.Bitrate, choice.GOP)
	if choice.GOP != ladder.GOP {
		sentence += fmt.Sprintf(" The other renditions have theirs at the same places, and not every %d frames as the profile asks.", ladder.GOP)
	}
	return choice, true, sentence
}

func decide(path string, v media.VideoSource, ladder media.Ladder) (Choice, error) {
	i, err := match(v, ladder)
	if err != nil {
		return Choice{}, err
	}
	file, err := os.Open(path)
	if err != nil {
		return Choice{}, no("could not be opened again")
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Choice{}, no("could not be opened again")
	}
	movie, err := mp4.ReadMovie(file, info.Size())
	switch {
	case errors.Is(err, mp4.ErrMalformed):
		return Choice{}, no("is not an MP4 or MOV file with tables of its frames")
	case err != nil:
		return Choice{}, no("could not be read again")
	case movie.Fragmented:
		return Choice{}, no("is a fragmented MP4 file")
	case v.Stream >= len(movie.Tracks) || movie.Tracks[v.Stream].Handler != mp4.HandlerVideo || len(movie.Tracks[v.Stream].Samples) == 0:
		return Choice{}, no("has no table of the frames of its picture")
	}
	t := &table{track: movie.Tracks[v.Stream], file: file, rate: ladder.Rate}
	r := ladder.Renditions[i]
	if err := t.checkEntry(r); err != nil {
		return Choice{}, err
	}
	if err := t.checkTimes(v.End); err != nil {
		return Choice{}, err
	}
	gop, err := t.gop(ladder.GOP)
	if err != nil {
		return Choice{}, err
	}
	rate, err := t.checkRate(r, gop)
	return Choice{Index: i, GOP: gop, Bitrate: rate}, err
}

// match finds the rendition of the largest size that has the source's codec,
// and refuses a source whose pictures would have to be changed for it.
func match(v media.VideoSource, ladder media.Ladder) (int, error) {
	codec := map[string]string{"h264": media.CodecH264, "hevc": media.CodecHEVC}[v.Codec]
	if codec == "" {
		return 0, no("is coded as %s, and only H.264 and HEVC are taken", cmp.Or(v.Codec, "something unknown"))
	}
	top := ladder.Renditions[0].Size
	for i, r := range ladder.Renditions {
		if r.Codec != codec || r.Size != top {
			continue
		}
		return i, comparePictures(v, r)
	}
	return 0, no("is coded as %s, which the ladder has no rendition in", codec)
}

func comparePictures(v media.VideoSource, r media.Rendition) error {
	depth := cmp.Or(v.BitDepth, 8)
	switch {
	case v.Rotation != 0:
		return no("is to be turned by %g degrees", v.Rotation)
	case v.SAR.Valid() && v.SAR.Num != v.SAR.Den:
		return no("has pixels that are not square")
	case v.Width != r.Width || v.Height != r.Height:
		return no("has pictures of %dx%d, and %s has %dx%d", v.Width, v.Height, r.Name, r.Width, r.Height)
	case v.Interlaced():
		return no("is interlaced")
	case v.FieldOrder != "progressive" && v.Codec == "h264":
		return no("does not say whether it is interlaced")
	case v.Variable:
		return no("has a variable frame rate")
	case !strings.HasPrefix(v.PixelFormat, "yuv420p") || depth != r.BitDepth:
		return no("has pictures in %s, and %s has %d bits in 4:2:0", cmp.Or(v.PixelFormat, "an unknown format"), r.Name, r.BitDepth)
	case v.Range == "pc" || strings.HasPrefix(v.PixelFormat, "yuvj"):
		return no("has full-range colours")
	case dynamicRange(v) != r.VideoRange:
		return no("is in %s, and %s in %s", dynamicRange(v), r.Name, r.VideoRange)
	case r.VideoRange == media.RangeSDR && (v.Primaries == "bt2020" || strings.HasPrefix(v.Matrix, "bt2020")):
		return no("has the wide colours of BT.2020")
	}
	return nil
}

func dynamicRange(v media.VideoSource) string {
	switch v.Transfer {
	case "smpte2084":
		return media.RangePQ
	case "arib-std-b67":
		return media.RangeHLG
	}
	return media.RangeSDR
}
