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
