package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

// TestUpload: a file that was uploaded to the server is retrieved by whoever
// runs that step.
func TestUpload(t *testing.T) {
	t.Parallel()
	in := serve(t)
	path := clip(t, t.TempDir(), "-f lavfi -i testsrc2=s=320x180:d=2 -f lavfi -i sine=d=2 -c:v libx264 -preset ultrafast film.mp4")
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.client.ApplyProfile(t.Context(), "crash", []byte(crashProfile)); err != nil {
		t.Fatal(err)
	}
	address, err := in.client.Upload(t.Context(), filepath.Base(path), file, info.Size(), nil)
	if err != nil {
		t.Fatal(err)
	}
	id := submit(t, in.client, client.Submission{AssetID: "uploaded", URI: address, Profile: "crash"})
	if d := waitFor(t, in.client, id, time.Minute, over); d.Status != client.IngestStatusCOMPLETED {
		t.Errorf("%s: %s", d.Status, deref(d.Error))
	}
}
