package orchestrate

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// FuzzReadImport: a document is refused with a sentence, or becomes an ingest
// that can be told as it came.
func FuzzReadImport(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("..", "httpd", "testdata", "detail.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"ingestId":"i","assetId":"a","detailsUrl":"/ingests/i","profileName":"p","error":null,"mediaTypes":["VIDEO"],"progress":20,
		"startTime":"2021-12-08T10:50:21.481Z","endTime":"2021-12-08T10:50:22.481Z","status":"COMPLETED","elapsedTime":1000}`))
	f.Add([]byte(`{"ingestId":"../i"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		run, id, problem := readImport(text, "vimond")
		if problem != "" {
			if strings.ContainsFunc(problem, unicode.IsControl) || len(problem) > 1000 || !isName(id) {
				t.Fatalf("%q: %q", id, problem)
			}
			return
		}
		in := run.Ingest
		if !isName(in.ID) || !isName(in.AssetID) || in.ID == "" || in.AssetID == "" || in.Start.UTC().Year() < 1 || in.End.UTC().Year() > 9999 || !in.Status.Final() {
			t.Fatalf("%+v", in)
		}
		for _, text := range append([]json.RawMessage{in.Input}, outputs(run)...) {
			if text != nil && !json.Valid(text) {
				t.Fatalf("%q is no JSON", text)
			}
		}
	})
}

func outputs(run vod.Run) (texts []json.RawMessage) {
	for _, task := range run.Tasks {
		texts = append(texts, task.Input, task.Outputs)
	}
	return texts
}

// FuzzSource: an address is refused with a sentence, or is shown without what
// may be secret, and so again.
func FuzzSource(f *testing.F) {
	for _, uri := range []string{
		"https://a.example/b.mp4?sig=secret", "http://u:p@a/b", "file:///a%2f..%2fb", "upload:0123456789abcdef0123456789abcdef", "http://[::1%25lo]:80/", "http://a\x00/", "s3://b/k", "http:\\\\a", "HTTP://A/#",
	} {
		f.Add(uri)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		c := sourceCheck{sources: map[string]string{}}
		shown, problem := c.uri(uri)
		switch {
		case problem != "" && (shown != "" || strings.ContainsFunc(problem, unicode.IsControl)):
			t.Fatalf("%q: %q %q", uri, shown, problem)
		case problem == "" && (shown == "" || strings.ContainsFunc(shown, unicode.IsControl)):
			t.Fatalf("%q is shown as %q", uri, shown)
		case problem == "" && strings.HasSuffix(shown, "?…") && c.sources[shown] == "":
			t.Fatalf("%q: the real address is lost", uri)
		}
	})
}
