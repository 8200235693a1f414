package uitest_test

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
	"github.com/via-orchestrate/orchestrate/internal/uitest"
)

// pictures is where TestPages writes what the pages look like, for the docs:
// make screenshots.
var pictures = flag.String("screenshots", "", "folder for pictures of all pages")

// only keeps TestPages to the pages whose name begins so.
var only = flag.String("only", "", "beginning of the names of pages to look at")

// site is a server with an ingest in each status, all of them real.
type site struct {
	t      *testing.T
	client *client.Client
	url    string
	files  string            // folder of sources
	server *httptest.Server  // of sources; of those below /stuck/ it sends half, and nothing more
	ids    map[string]string // by status
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, files: t.TempDir(), ids: map[string]string{}}
	release := make(chan struct{})
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/stuck/") {
			http.ServeFileFS(w, r, os.DirFS(s.files), r.URL.Path)
			return
		}
		w.Header().Set("Content-Length", "2000000")
		if r.Method == http.MethodHead {
			return
		}
		_, _ = w.Write(make([]byte, 900_000))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(release); s.server.Close() })
	c, a := apptest.Serve(t)
	s.client, s.url = c, a.URL()
	return s
}

// clip makes a short film with sound.
func (s *site) clip(name, size string) {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=s="+size+":r=25:d=4",
		"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=4", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast",
		"-c:a", "aac", filepath.Join(s.files, name))
	if text, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("ffmpeg: %v\n%s", err, text)
	}
}

func (s *site) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.files, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// submit accepts an ingest of the sources for an asset.
func (s *site) submit(asset string, sources ...client.SubmissionFile) string {
	s.t.Helper()
	fileset := client.SubmissionFileset{Files: sources}
	accepted, err := s.client.Submit(s.t.Context(), client.Submission{AssetID: asset, Filesets: []client.SubmissionFileset{fileset}}, "")
	if err != nil {
		s.t.Fatal(err)
	}
	return accepted.IngestID
}

func (s *site) file(name string) client.SubmissionFile {
	f := client.SubmissionFile{URI: s.server.URL + "/" + name}
	if filepath.Ext(name) == ".srt" {
		f.MediaType = "SUBTITLE"
	}
	return f
}

// await waits until an ingest is in the status.
func (s *site) await(id string, status client.IngestStatus) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		detail, err := s.client.Get(ctx, id)
		if err != nil {
			s.t.Fatalf("wait for %s: %v", status, err)
		}
		if detail.Status == status {
			s.ids[string(status)] = id
			return
		}
		if detail.EndTime != nil {
			s.t.Fatalf("ingest %s is %s, not %s: %+v", id, detail.Status, status, detail.Error)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			s.t.Fatalf("ingest %s is still %s", id, detail.Status)
		}
	}
}

// fill makes an ingest in each status.
func (s *site) fill() {
	s.t.Helper()
	s.clip("harbour.mp4", "640x360")
	s.write("harbour.en.srt", "1\n00:00:00,500 --> 00:00:02,000\nThe harbour at night.\n")
	s.write("broken.mp4", strings.Repeat("this is no film ", 200))
	film := s.submit("harbour-at-night", s.file("harbour.mp4"), s.file("harbour.en.srt"))
	s.await(film, client.IngestStatusCOMPLETED)
	s.await(s.submit("harbour-at-night", s.file("harbour.mp4"), s.file("harbour.en.srt")), client.IngestStatusSKIPPED)
	s.await(s.submit("مقابلة-"+strings.Repeat("long", 40), s.file("broken.mp4")), client.IngestStatusFAILED)
	gone := s.submit("4711", client.SubmissionFile{URI: s.server.URL + "/stuck/gone.mp4"})
	s.await(gone, client.IngestStatusRUNNING)
	if err := s.client.Cancel(s.t.Context(), gone); err != nil {
		s.t.Fatal(err)
	}
	s.await(gone, client.IngestStatusCANCELLED)
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		s.ids["RUNNING"] = s.submit("news-"+name, client.SubmissionFile{URI: s.server.URL + "/stuck/" + name + ".mp4"})
	}
	page, err := s.client.List(s.t.Context(), client.Filter{Statuses: []client.IngestStatus{client.IngestStatusRUNNING}})
	if err == nil && page.Count > 0 {
		s.ids["RUNNING"] = page.Items[0].IngestID
	}
}

// TestPages looks at every page in light, in dark and on a phone: nothing may be
// wider than the window, and axe finds nothing serious.
func TestPages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.fill()
	base := s.url + "/ui/default/"
	tab := uitest.Open(t)
	tab.Allow("404") // the page that is not there
	for _, view := range []struct{ name, path, ready string }{
		{"ingests", "ingests", `document.querySelectorAll('tbody[data-id]').length > 5`},
		{"ingests-failed", "ingests?status=FAILED", `document.querySelector('[data-status=FAILED]') !== null`},
		{"ingests-nothing", "ingests?text=nothing-has-this", `document.querySelector('.empty') !== null`},
		{"ingest-completed", "ingests/" + s.ids["COMPLETED"], `document.querySelector('main svg') !== null`},
		{"ingest-running", "ingests/" + s.ids["RUNNING"], `document.querySelector('main h1') !== null`},
		{"ingest-failed", "ingests/" + s.ids["FAILED"], `document.querySelector('main h1') !== null`},
		{"ingest-skipped", "ingests/" + s.ids["SKIPPED"], `document.querySelector('main h1') !== null`},
		{"submit", "submit", `document.querySelector('main form') !== null`},
		{"profiles", "profiles", `document.querySelector('main h1') !== null`},
		{"profile", "profiles/default", `document.querySelector('main svg') !== null`},
		{"profile-edit", "profiles/default/edit", `document.querySelector('textarea') !== null`},
		{"overview", "overview", `document.querySelector('main svg') !== null`},
		{"workers", "workers", `document.querySelector('main h1') !== null`},
		{"missing", "ingests/none", `document.querySelector('.failure') !== null`},
	} {
		if !strings.HasPrefix(view.name, *only) {
			continue
		}
		for _, look := range []struct {
			name          string
			width, height int64
			dark          bool
		}{{"light", 1280, 900, false}, {"dark", 1280, 900, true}, {"phone", 390, 844, false}} {
			name := view.name + "-" + look.name
			tab.Look(look.width, look.height, look.dark)
			tab.Visit(base + view.path)
			tab.Await(name, view.ready+` && document.readyState === 'complete' && !document.querySelector('.htmx-request')`)
			if *pictures != "" {
				tab.Picture(filepath.Join(*pictures, name+".png"))
			}
			for _, found := range tab.Axe() {
				t.Errorf("%s: %s (%s): %s\n  %s", name, found.ID, found.Impact, found.Help, strings.Join(found.Targets, "\n  "))
			}
			if wide := tab.Eval(`document.documentElement.scrollWidth > document.documentElement.clientWidth + 1`); wide == "true" {
				t.Errorf("%s: the page is wider than the window", name)
			}
		}
	}
}
