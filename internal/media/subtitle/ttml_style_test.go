package subtitle_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/media/subtitle"
)

// Thirty thousand styles that each refer to the next one, defined again before
// every paragraph, cost no more than reading them does: following all of them
// each time would take minutes.
func TestChainOfStyles(t *testing.T) {
	t.Parallel()
	const n = 30_000
	var b strings.Builder
	b.WriteString(`<tt xmlns="http://www.w3.org/ns/ttml"><head><styling>`)
	for i := range n {
		fmt.Fprintf(&b, `<style id="s%d" style="s%d"/>`, i, i+1)
	}
	fmt.Fprintf(&b, `<style id="s%d" color="red"/><style id="near" style="s%d"/></styling></head><body><div>`, n, n-9)
	for i := range n {
		fmt.Fprintf(&b, `<style id="t"/><p begin="%ds" end="%ds" style="s0">a</p>`, i, i+1)
	}
	fmt.Fprintf(&b, `<p begin="%ds" end="%ds" style="near">b</p></div></body></tt>`, n, n+1)
	track, err := subtitle.Read(strings.NewReader(b.String()), "en")
	if err != nil || len(track.Cues) != n+1 || track.Cues[n].Text != "<c.red>b</c>" {
		t.Errorf("%d cues, %v", len(track.Cues), err)
	}
}
