package check

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
)

// TestManySegmentsInFewWords: manifests that claim a thousand million segments
// share one budget, however many there are.
func TestManySegmentsInFewWords(t *testing.T) {
	t.Parallel()
	const mpd = `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1000000S"><Period>
<AdaptationSet contentType="video" mimeType="video/mp4">
<SegmentTemplate initialization="i.mp4" media="s_$Number$.m4s"><SegmentTimeline><S t="0" d="1" r="1000000000"/></SegmentTimeline></SegmentTemplate>
<Representation id="v" codecs="avc1.64001f" bandwidth="1000" width="320" height="180"/></AdaptationSet></Period></MPD>`
	dir := t.TempDir()
	var names []string
	for i := range 3 {
		names = append(names, fmt.Sprintf("%d.mpd", i))
		if err := os.WriteFile(filepath.Join(dir, names[i]), []byte(mpd), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	folder, err := fetch.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	report, err := Run(t.Context(), Options{Source: folder, Manifests: names, Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	skipped := func(f Finding) bool { return f.Rule == ruleSkipped }
	if !slices.ContainsFunc(report.Findings, skipped) {
		t.Errorf("found: %+v", report.Findings)
	}
}
