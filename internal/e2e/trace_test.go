package e2e

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/otlptest"
)

// TestOneTrace: an ingest is one trace from its submission to its playout, also
// when the server is killed in between.
func TestOneTrace(t *testing.T) {
	collector := otlptest.Start(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "50") // Milliseconds: what is killed sends nothing any more.
	source, data := longClip(t), t.TempDir()
	flags := []string{"--allow-source-dir", filepath.Dir(source)}
	first := start(t, data, flags...)
	id := submit(t, first.client, client.Submission{AssetID: "4711", URI: fileURI(source)})
	waitFor(t, first.client, id, time.Minute, encodes)
	named := func(name string) func([]otlptest.Span) bool {
		return func(spans []otlptest.Span) bool { return len(only(spans, name)) > 0 }
	}
	collector.Wait(t, named("RETRIEVAL vimond_file_retriever"))
	collector.Wait(t, named("POST /ingests"))
	first.end(t, syscall.SIGKILL)

	second := start(t, data, flags...)
	if in := waitFor(t, second.client, id, 3*time.Minute, over); in.Status != client.IngestStatusCOMPLETED {
		t.Fatalf("ended %s: %v", in.Status, in.Error)
	}
	second.end(t, syscall.SIGTERM) // Which sends the rest.
	spans := collector.Spans()
	submitted := only(spans, "POST /ingests")
	if len(submitted) != 1 {
		t.Fatalf("%d spans of the submission", len(submitted))
	}
	for name, attempt := range map[string]string{
		"RETRIEVAL vimond_file_retriever": "1", "ENCODING FFMPEG": "2", "PACKAGING CMAF": "1", "DISTRIBUTION COPY": "1",
		"DISTRIBUTION URL_REWRITE": "1", "PLAYOUT CATALOG": "1",
	} {
		found := only(spans, name)
		if len(found) != 1 {
			t.Errorf("%d spans %s", len(found), name)
			continue
		}
		s := found[0]
		if s.Trace != submitted[0].Trace || s.Parent != submitted[0].ID || s.About["ingest"] != id || s.About["outcome"] != "completed" || s.Service != "orchestrate-server" {
			t.Errorf("%s: %+v", name, s)
		}
		if got := s.About["attempt"]; got != "int_value:"+attempt {
			t.Errorf("%s: attempt %s, want %s", name, got, attempt)
		}
		if name == "ENCODING FFMPEG" && !below(spans, s, "ffmpeg") {
			t.Errorf("the encoding has no ffmpeg")
		}
	}
	for _, s := range spans {
		if s.Trace == submitted[0].Trace && s.End.Before(s.Start) {
			t.Errorf("%s ends before it begins", s.Name)
		}
	}
}

func only(spans []otlptest.Span, name string) (found []otlptest.Span) {
	for _, s := range spans {
		if s.Name == name {
			found = append(found, s)
		}
	}
	return found
}

// below tells whether the span has a child of the name.
func below(spans []otlptest.Span, parent otlptest.Span, name string) bool {
	for _, s := range only(spans, name) {
		if s.Parent == parent.ID {
			return true
		}
	}
	return false
}
