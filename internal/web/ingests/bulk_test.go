package ingests

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// status waits until the ingest has it: jobs go on after their form is answered.
func (s *site) status(id string, want vod.IngestStatus) {
	s.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		run, err := s.store.IngestGet(s.t.Context(), "acme", id)
		if err != nil {
			s.t.Fatal(err)
		}
		if run.Ingest.Status == want {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("%s is %s, not %s", id, run.Ingest.Status, want)
		}
	}
}

// hidden are the fields of a form that nobody sees.
func hidden(page string) url.Values {
	form := url.Values{}
	inputs := regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
	for _, m := range inputs.FindAllStringSubmatch(page, -1) {
		form.Add(m[1], m[2])
	}
	return form
}

func TestASelectionIsCancelledOnceItIsConfirmed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1)
	s.add(2, in(vod.Completed))
	s.add(3)
	w := s.post("bulk/preview", url.Values{"action": {"cancel"}, "id": {"id-0001", "id-0002"}, "text": {""}})
	preview := w.Body.String()
	s.has(preview, "1 ingest will be cancelled.", "1 stays as it is.", "stays, it has ended", "Cancel 1 ingest</button>")
	s.status("id-0001", vod.Queued) // A preview does nothing.

	w = s.post("bulk", hidden(preview))
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	s.status("id-0001", vod.Cancelling)
	s.status("id-0002", vod.Completed)
	s.status("id-0003", vod.Queued)
	path := strings.TrimPrefix(w.Header().Get("Location"), "/ui/acme/")
	s.has(s.get(path), "<html", `id="bulk-job"`, "<bdi>ann</bdi>")
	s.hasNot(s.part(path), "<html")
}

// TestEverythingThatMatchesButNothingLater: what arrives after the preview was
// not agreed to.
func TestEverythingThatMatchesButNothingLater(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1)
	s.add(2, func(in *vod.Ingest) { in.AssetID = "other" })
	preview := s.post("bulk/preview", url.Values{"action": {"cancel"}, "all": {"1"}, "assetId": {"asset-1"}}).Body.String()
	s.has(preview, "1 ingest will be cancelled.", "<bdi>asset-1</bdi>", `href="/ui/acme/ingests?assetId=asset-1"`)
	later := s.add(-5, func(in *vod.Ingest) { in.AssetID = "asset-1" })
	if w := s.post("bulk", hidden(preview)); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	s.status("id-0001", vod.Cancelling)
	s.status("id-0002", vod.Queued)
	s.status(later, vod.Queued)
}

func TestWhatCannotBeDoneToManyIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1)
	for name, form := range map[string]url.Values{
		"no action":      {"id": {"id-0001"}},
		"no ingests":     {"action": {"cancel"}},
		"a broken value": {"action": {"cancel"}, "all": {"1"}, "fromDate": {"yesterday"}},
		"no until":       {"action": {"cancel"}, "id": {"id-0001"}},
	} {
		path := "bulk/preview"
		if name == "no until" {
			path = "bulk"
		}
		if w := s.post(path, form); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	s.caller.Permissions = vod.Viewer.Permissions()
	for _, path := range []string{"bulk/preview", "bulk"} {
		w := s.post(path, url.Values{"action": {"cancel"}, "id": {"id-0001"}, "until": {"1793707200000"}})
		if w.Code != http.StatusForbidden {
			t.Errorf("%s as a viewer: %d", path, w.Code)
		}
	}
	s.hasNot(s.get("ingests"), "checkbox\" name=\"id\"", "data-bulk")
	s.status("id-0001", vod.Queued)
}

// TestAJobThatIsGoneIsAskedForNoMore: a page that watched it before the server
// was started anew is told, and its message has nothing that asks again.
func TestAJobThatIsGoneIsAskedForNoMore(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gone := s.part("bulk/11111111-2222-3333-4444-555555555555")
	s.has(gone, `id="bulk-job"`, "no longer known", "audit log")
	s.hasNot(gone, "<html", "hx-")
}
