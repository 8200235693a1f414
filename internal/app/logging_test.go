package app

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/config"
)

// TestMediaKeysStayOutOfTheLog: wherever a path below the media root shows up.
func TestMediaKeysStayOutOfTheLog(t *testing.T) {
	t.Parallel()
	const key = "0123456789abcdef0123456789abcdef"
	for _, format := range []string{"text", "json"} {
		var out bytes.Buffer
		log := newLogger(config.Config{MediaRoot: "/srv/media", LogFormat: format, LogLevel: slog.LevelDebug}, &out)
		path := "/srv/media/" + key + "/7/1"
		log.With("folder", path).Debug("removed", "error", &fs.PathError{Op: "unlink", Path: path, Err: fs.ErrPermission},
			"command", []string{"ffmpeg", path + "/a.mp4"}, "other", "/srv/store/"+key, slog.Group("g", "path", path))
		text := out.String()
		if strings.Contains(text, "media/"+key) || strings.Count(text, "/srv/media/…/7/1") != 4 || !strings.Contains(text, "/srv/store/"+key) {
			t.Error(text)
		}
		if format == "json" && !json.Valid(out.Bytes()) {
			t.Error("not JSON")
		}
	}
}

// TestMediaKeysInABucket: in whatever form the service's errors have them.
func TestMediaKeysInABucket(t *testing.T) {
	t.Parallel()
	const key = "0123456789abcdef0123456789abcdef"
	var out bytes.Buffer
	log := newLogger(config.Config{MediaRoot: "s3://vod/media?endpoint=http://127.0.0.1:9000", LogFormat: "text"}, &out)
	log.Info("failed", "a", "s3://vod/media/"+key+"/7/1/a.mp4", "b", "https://vod.s3.amazonaws.com/media/"+key+"/7", "c", "http://127.0.0.1:9000/vod/media/"+key)
	if text := out.String(); strings.Contains(text, key) || strings.Count(text, "/media/…") != 3 {
		t.Error(text)
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{"text": "took=1m30.5s", "json": `"took":90.5`} {
		var out bytes.Buffer
		newLogger(config.Config{MediaRoot: "/srv/media", LogFormat: format}, &out).Info("done", "took", 90*time.Second+500*time.Millisecond)
		if !strings.Contains(out.String(), want) {
			t.Error(out.String())
		}
	}
}
