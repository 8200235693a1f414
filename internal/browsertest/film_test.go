package browsertest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/step/encoding"
	"github.com/via-orchestrate/orchestrate/internal/step/subtitles"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// film takes a clip through encoding in three codecs and subtitle publishing.
// It has a language in 5.1 and another one in stereo, and a picture with a grey
// field in its middle that gets lighter with every second.
func film(t *testing.T, p *pipeline) []vod.Fileset {
	t.Helper()
	picture := fmt.Sprintf("testsrc2=s=640x360:r=25:d=%g", seconds)
	for second := range int(seconds) {
		picture += fmt.Sprintf(",drawbox=x=iw/4:y=ih/4:w=iw/2:h=ih/2:t=fill:c=0x%02[1]x%02[1]x%02[1]x:enable='gte(t,%[2]d)'", grey(second), second)
	}
	folder := p.folder()
	source := []vod.Fileset{{Files: []vod.File{p.ffmpeg(
		folder, "film.mkv",
		"-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", fmt.Sprintf("sine=frequency=440:sample_rate=48000:duration=%g", seconds),
		"-map", "0:v", "-map", "1:a", "-map", "1:a", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
		"-c:a", "ac3", "-ac:a:0", "6", "-ac:a:1", "2", "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=nor",
	)}}}
	for _, says := range []string{"en", "no", "en.forced", "no.sdh"} {
		name := "film." + says + ".srt"
		if err := os.WriteFile(filepath.Join(folder.Path(), name), []byte(srt(says)), 0o600); err != nil {
			t.Fatal(err)
		}
		source = append(source, vod.Fileset{Files: []vod.File{{MediaType: vod.MediaSubtitle, URI: folder.URI(name)}}})
	}
	no := false
	encoded := p.run(encoding.New(p.tools, p.set), encoding.Profile{
		Name: "small", Type: encoding.Type, TargetLocation: p.store, SegmentDuration: 2, Preset: "ultrafast",
		Ladder: []encoding.Rung{
			{Height: 360, Codec: media.CodecH264},
			{Height: 180, Codec: media.CodecH264},
			{Height: 270, Codec: media.CodecAV1},
			{Height: 90, Codec: media.CodecHEVC},
		},
		Audio:       []encoding.AudioRendition{{Codec: media.CodecAAC}, {Codec: media.CodecAAC, Channels: 6}, {Codec: media.CodecOpus}},
		PassThrough: &no, Quality: &no,
	}, source)
	texts := p.run(subtitles.New(p.tools, p.set), subtitles.Profile{Name: "texts", Type: subtitles.Type, TargetLocation: p.store}, source)
	return append(encoded, texts...)
}

// grey is the colour of the picture's middle in a second.
func grey(second int) int { return 0x10 + 0x18*second }

// srt are subtitles that say this and the second. The last tenth of each
// second has none.
func srt(says string) string {
	var b strings.Builder
	for second := range int(seconds) {
		fmt.Fprintf(&b, "%d\n00:00:%02d,000 --> 00:00:%02d,900\n%s %d\n\n", second+1, second, second, says, second)
	}
	return b.String()
}
