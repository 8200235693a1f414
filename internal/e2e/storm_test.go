package e2e

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

// TestStorm: many ingests at once, cancelled and retried at random while the
// server is killed and stopped at random. In the end every ingest is final,
// none failed but by having been killed three times in a row, every one that
// was not left cancelled plays, and no ffmpeg is left.
func TestStorm(t *testing.T) {
	t.Parallel()
	seed := number(t, "CRASH_SEED", int(time.Now().UnixNano()%1_000_000))
	t.Logf("seed %d (CRASH_SEED)", seed)
	random := rand.New(rand.NewPCG(uint64(seed), 1))
	source := clip(t, t.TempDir(), "-f lavfi -i testsrc2=s=320x180:r=25:d=3 -f lavfi -i sine=d=3 -c:v libx264 -preset ultrafast source.mp4")
	data, flags := t.TempDir(), []string{"--allow-source-dir", filepath.Dir(source), "--drain", "100ms", "--slots", "encoding=2"}
	p := start(t, data, flags...)
	if _, err := p.client.ApplyProfile(t.Context(), "crash", []byte(crashProfile)); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, 12)
	for i := range ids {
		ids[i] = submit(t, p.client, client.Submission{AssetID: fmt.Sprint("asset ", i), URI: fileURI(source), Profile: "crash"})
	}
	for range 8 {
		for range 4 {
			id := ids[random.IntN(len(ids))]
			// A conflict is the right answer to a request that comes too late.
			if random.IntN(2) == 0 {
				_ = p.client.Cancel(t.Context(), id)
			} else {
				_, _ = p.client.Retry(t.Context(), id)
			}
			<-time.After(time.Duration(random.IntN(300)) * time.Millisecond)
		}
		p.end(t, []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM}[random.IntN(2)])
		if left := waitGone(t, data); len(left) > 0 {
			t.Fatalf("left behind: %q", left)
		}
		p = start(t, data, flags...)
	}
	ended := map[client.IngestStatus]int{}
	for i, id := range ids {
		d := waitFor(t, p.client, id, 2*time.Minute, over)
		if strings.Contains(deref(d.Error), "3 times in a row") { // That is the rule; a person then retries.
			if _, err := p.client.Retry(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			d = waitFor(t, p.client, id, 2*time.Minute, over)
		}
		ended[d.Status]++
		_, err := p.client.Playback(t.Context(), fmt.Sprint("asset ", i))
		if d.Status == client.IngestStatusFAILED || (d.Status == client.IngestStatusCOMPLETED) != (err == nil) {
			t.Errorf("ingest %d: %s, %s; playback: %v", i, d.Status, deref(d.Error), err)
		}
	}
	t.Logf("ended: %v", ended)
	if left := waitGone(t, data); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
