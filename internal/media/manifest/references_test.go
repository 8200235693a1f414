package manifest

import (
	"path"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/check/dash"
	"github.com/via-orchestrate/orchestrate/internal/check/hls"
)

// playlistReferences lists the addresses in an HLS playlist of either kind, as a
// reader finds them that this package knows nothing of.
func playlistReferences(t *testing.T, text string) []string {
	t.Helper()
	p := hls.Parse([]byte(text))
	if len(p.Problems) > 0 {
		t.Errorf("%v in\n%s", p.Problems, text)
	}
	var out []string
	for _, m := range p.Media {
		if m.URI != "" {
			out = append(out, m.URI)
		}
	}
	for _, v := range append(p.Variants, p.IFrames...) {
		out = append(out, v.URI)
	}
	header := ""
	for _, s := range p.Segments {
		if s.Map != nil && s.Map.URI != header {
			header = s.Map.URI
			out = append(out, header)
		}
		out = append(out, s.URI)
	}
	return out
}

// mpdReferences lists those that a DASH manifest leads to.
func mpdReferences(t *testing.T, text string) []string {
	t.Helper()
	m, err := dash.Parse([]byte(text))
	if err != nil || len(m.Problems) > 0 {
		t.Fatalf("%v, %v in\n%s", err, m, text)
	}
	var out []string
	for _, set := range m.Periods[0].Sets {
		for _, r := range set.Representations {
			base := path.Join(r.BaseURLs...)
			if r.Init != nil {
				out = append(out, path.Join(base, r.Init.URL))
			}
			for _, s := range r.Segments {
				out = append(out, path.Join(base, s.URL))
			}
		}
	}
	return out
}
