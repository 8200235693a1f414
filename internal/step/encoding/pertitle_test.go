package encoding

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
)

// A flat drawing loses rungs and bits, noise keeps all; the same source always
// leads to the same.
func TestLadderFitsTheTitle(t *testing.T) {
	t.Parallel()
	drawing := []string{"-f", "lavfi", "-i", "color=0x3366aa:s=960x540:r=25:d=6,drawbox=x=mod(t*60\\,700):y=100:w=200:h=200:color=0xffcc00:t=fill,format=yuv420p"}
	noise := []string{"-f", "lavfi", "-i", "color=gray:s=960x540:r=25:d=4,noise=alls=80:allf=t,format=yuv420p"}
	for name, test := range map[string]struct {
		args    []string
		dropped int // at least
		kept    bool
	}{
		"drawing": {drawing, 1, false},
		"noise":   {noise, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, ffmpeg.Config{})
			source := generate(t, name+".mp4", cat(test.args, []string{"-c:v", "libx264", "-preset", "ultrafast", "-crf", "8"})...)
			r := reported(t, b, map[string]any{"perTitle": true, "preset": "veryfast", "quality": false}, source)
			told := strings.Join(r.Remarks, "\n")
			if got := strings.Count(told, "was left out"); got < test.dropped || test.kept && got > 0 || len(r.Renditions)+got != 4 {
				t.Errorf("%d renditions left out:\n%s", got, told)
			}
			if test.kept != (strings.Count(told, "the cap stays at") == 4) || test.kept == strings.Contains(told, "capped at") {
				t.Errorf("caps:\n%s", told)
			}
			for _, v := range r.Renditions {
				if !test.kept && v.Bitrate > v.MaxBitrate {
					t.Errorf("%s has %d bit/s above its cap of %d", v.Name, v.Bitrate, v.MaxBitrate)
				}
			}
			again := reported(t, b, map[string]any{"perTitle": true, "preset": "veryfast", "quality": false}, source)
			if d := cmp.Diff(r.Remarks, again.Remarks); d != "" {
				t.Error(d)
			}
		})
	}
}
