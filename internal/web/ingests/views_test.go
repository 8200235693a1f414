package ingests

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestAViewIsSavedShownAndDeleted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1, in(vod.Failed))
	s.has(s.get("ingests?status=FAILED"), "Nothing is saved yet.", `name="query" value="status=FAILED"`)
	w := s.post("views", url.Values{"name": {"Bad <b>ones</b>"}, "query": {"text=&status=FAILED&nope=1"}})
	if at := w.Header().Get("Location"); w.Code != http.StatusSeeOther || at != "/ui/acme/ingests?status=FAILED" {
		t.Fatalf("%d %s", w.Code, at)
	}
	s.has(s.get("ingests"), `<a href="/ui/acme/ingests?status=FAILED"><bdi>Bad &lt;b&gt;ones&lt;/b&gt;</bdi>`)
	s.has(s.get("ingests?status=FAILED"), `Saved views: <bdi>Bad`, `<a href="/ui/acme/ingests?status=FAILED" aria-current="true"><bdi>Bad`)

	ann := s.caller
	s.caller.Subject = "bob"
	s.has(s.get("ingests"), "Nothing is saved yet.")
	s.caller = ann
	if w := s.post("views/delete", url.Values{"name": {"Bad <b>ones</b>"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	s.has(s.get("ingests"), "Nothing is saved yet.")
	if w := s.post("views/delete", url.Values{"name": {"gone"}}); w.Code != http.StatusNotFound {
		t.Errorf("a view that there is not: %d", w.Code)
	}
	if w := s.post("views", url.Values{"name": {" "}, "query": {"%zz"}}); w.Code != http.StatusBadRequest {
		t.Errorf("a view without a name: %d", w.Code)
	}
}
