package app

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/tracing"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// newLogger makes the server's log. The keys that lines have in common are
// listed in docs/observability.md.
func newLogger(c config.Config, w io.Writer) *slog.Logger {
	hide := hideMediaKeys(c.MediaLocation())
	options := &slog.HandlerOptions{Level: c.LogLevel, ReplaceAttr: hide}
	if c.LogFormat == "json" {
		options.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr { return seconds(hide(groups, a)) }
		return slog.New(tracing.LogHandler(slog.NewJSONHandler(w, options)))
	}
	return slog.New(tracing.LogHandler(slog.NewTextHandler(w, options)))
}

// hideMediaKeys keeps the names of the folders below the media root, which open
// what is in them to whoever knows them, out of the log. They get there within
// the errors of the operating system, and of a storage service: there they stand
// in addresses of several forms, so whatever looks like one is hidden.
func hideMediaKeys(root vod.Location) func([]string, slog.Attr) slog.Attr {
	before := "/"
	if root.Type == vod.LocationFile {
		before = strings.TrimRight(root.Path, "/") + "/"
	}
	key := regexp.MustCompile(regexp.QuoteMeta(before) + `[0-9a-f]{32}`)
	return func(_ []string, a slog.Attr) slog.Attr {
		text := ""
		switch value := a.Value.Any().(type) {
		case string:
			text = value
		case fmt.Stringer:
			return a
		case error:
			text = value.Error()
		case []string:
			text = strings.Join(value, " ")
		}
		if strings.Contains(text, before) && key.MatchString(text) {
			a.Value = slog.StringValue(key.ReplaceAllLiteralString(text, before+"…"))
		}
		return a
	}
}

// seconds makes numbers of durations that programs can compute with.
func seconds(a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.Float64Value(a.Value.Duration().Seconds())
	}
	return a
}
