package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/browsertest"
)

// TestDemoPlays ingests the bundled clip as the demo does, under the built-in
// profile, and plays its HLS in hls.js and its DASH in a DASH player in
// Chromium, in a chosen rendition.
func TestDemoPlays(t *testing.T) {
	t.Parallel()
	demo, err := filepath.Abs("../../testdata/demo.mp4")
	if err != nil {
		t.Fatal(err)
	}
	in := serve(t, "--allow-source-dir", filepath.Dir(demo))
	id := submit(t, in.client, client.Submission{AssetID: "demo", URI: fileURI(demo)})
	if d := waitFor(t, in.client, id, 3*time.Minute, over); d.Status != client.IngestStatusCOMPLETED {
		t.Fatalf("%s: %s", d.Status, deref(d.Error))
	}
	for _, kind := range []string{"hls", "dash"} {
		seen, err := browsertest.Play(t.Context(), in.url+"/play/demo?format="+kind, browsertest.Options{Height: 480})
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if seen.To <= seen.From || seen.Height != 480 || len(seen.Errors) > 0 {
			t.Errorf("%s: played from %.2f to %.2f s at %d lines, errors %q", kind, seen.From, seen.To, seen.Height, seen.Errors)
		}
		if len(seen.Tracks) != 2 || len(seen.Renditions) < 3 {
			t.Errorf("%s: offers sound %q and renditions %q", kind, seen.Tracks, seen.Renditions)
		}
		if dir := os.Getenv("ORCHESTRATE_SCREENSHOTS"); dir != "" {
			write(t, filepath.Join(dir, "play-"+kind+".png"), seen.Screenshot)
		}
	}
}
