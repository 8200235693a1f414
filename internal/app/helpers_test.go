package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const tenant = "acme"

func configIn(dir string) config.Config {
	return config.Config{
		Addr: "127.0.0.1:0", Data: dir, DB: "sqlite:" + filepath.Join(dir, "orchestrate.db"), MediaRoot: filepath.Join(dir, "media"),
		StoreRoot: filepath.Join(dir, "store"), Scratch: filepath.Join(dir, "scratch"),
		FFmpeg: "ffmpeg", FFprobe: "ffprobe", StallAfter: time.Minute, Drain: time.Second,
	}
}

// newApp is a server that is not started yet.
func newApp(t *testing.T, c config.Config) *App {
	t.Helper()
	a, err := New(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return a
}

// create writes an ingest with one task of one attempt, which is as change
// makes it.
func (a *App) create(t *testing.T, input string, change func(*vod.Run, *vod.Task)) (ingestID, taskID string) {
	t.Helper()
	ingestID, taskID = uuid.NewString(), uuid.NewString()
	_, err := a.store.IngestCreate(t.Context(), vod.Ingest{
		ID: ingestID, Tenant: tenant, AssetID: "1", ProfileName: "p", ProfileVersion: 1, Status: vod.Queued,
		Start: vod.Now(), Input: json.RawMessage(input), HasInput: true, MediaKey: uuid.NewString(),
	}, nil, vod.AuditEntry{})
	if err != nil {
		t.Fatal(err)
	}
	err = a.store.IngestChange(t.Context(), ingestID, func(run *vod.Run) error {
		task := vod.Task{ID: taskID, IngestID: ingestID, Stage: vod.Encoding, Status: vod.TaskPending, Attempt: 1, Order: 1, Start: vod.Now()}
		change(run, &task)
		run.Tasks = append(run.Tasks, task)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ingestID, taskID
}

// waitFinal waits for the end of an ingest, and gives its status then or after a
// minute.
func (a *App) waitFinal(t *testing.T, id string) vod.IngestStatus {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		run, err := a.store.IngestGet(t.Context(), tenant, id)
		if err != nil {
			t.Fatal(err)
		}
		if run.Ingest.Status.Final() {
			return run.Ingest.Status
		}
		select {
		case <-ctx.Done():
			return run.Ingest.Status
		case <-tick.C:
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
