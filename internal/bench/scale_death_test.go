package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/clustertest"
)

// encoding waits until that attempt of the ingest's ENCODING is under way.
func encoding(b *testing.B, c *client.Client, ingestID string, attempt int) {
	b.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for ; ; <-tick.C {
		d, err := c.Get(b.Context(), ingestID)
		if err != nil {
			b.Fatal(err)
		}
		if d.EndTime != nil {
			b.Fatalf("ended %s: %v", d.Status, d.Error)
		}
		for _, task := range d.Tasks {
			if task.Name != client.StageENCODING || task.Progress == 0 {
				continue
			}
			detail, err := c.Task(b.Context(), ingestID, task.ID)
			if err == nil && detail.Attempt == attempt && detail.Status == client.TaskStatusTASKRUNNING {
				return
			}
		}
	}
}

// encodes tells whether an ffmpeg works in the worker's folder.
func encodes(b *testing.B, w *clustertest.Member) bool {
	b.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		b.Fatal(err)
	}
	for _, line := range lines {
		text, err := os.ReadFile(line)
		program, _, _ := strings.Cut(string(text), "\x00")
		if err == nil && filepath.Base(program) == "ffmpeg" && strings.Contains(string(text), w.Data) {
			return true
		}
	}
	return false
}
