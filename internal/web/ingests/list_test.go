package ingests

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestTheListShowsItsIngests(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1)
	s.add(2, in(vod.Failed), func(in *vod.Ingest) {
		in.AssetID, in.Error = `<b>"؀ا</b>`+strings.Repeat("x", 200), strings.Repeat("Long & bad. ", 60)
	})
	for i, status := range vod.IngestStatuses() {
		s.add(10+i, in(status))
	}
	page := s.get("ingests")
	s.has(page, `href="/ui/acme/ingests/id-0001"><bdi>asset-1</bdi>`, `data-ticking="1000"`, "&lt;b&gt;&#34;", "Long &amp; bad.", "…</td>",
		`<progress max="100" value="0"`, `1 min 30 s`, `data-status="SKIPPED"`, `>All <b>9</b>`, `>Failed <b>2</b>`)
	if got := len(ids(page)); got != 9 {
		t.Errorf("%d rows", got)
	}
	// Both are blocked by the Content-Security-Policy.
	if found := regexp.MustCompile(`(?i)<[^>]+\s(style|on[a-z]+)=`).FindString(page); found != "" {
		t.Errorf("the page has %s", found)
	}
	if found := regexp.MustCompile(`>\s*(ingests|status)\.[a-z_.]+`).FindString(page); found != "" {
		t.Errorf("a text is missing: %s", found)
	}
}

func TestAnEmptyListSaysWhatToDo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.has(s.get("ingests"), "Nothing has been ingested yet.", `href="/ui/acme/submit">Submit a video`)
	s.has(s.get("ingests?status=FAILED"), "Nothing matches the filter.", "Clear the filter")
	s.caller.Permissions = vod.Viewer.Permissions()
	s.hasNot(s.get("ingests"), "Submit a video")
}

// TestEveryParameterFilters: those of the API, by their names there.
func TestEveryParameterFilters(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1, in(vod.Failed))
	s.add(2, in(vod.Completed), func(in *vod.Ingest) { in.ProfileName, in.ProfileVersion = "news", 7 })
	s.add(3, in(vod.Running))
	s.add(86_400)
	for query, want := range map[string][]string{
		"":                                           {"id-0001", "id-0002", "id-0003", "id-86400"},
		"status=FAILED&status=COMPLETED":             {"id-0001", "id-0002"},
		"status=FAILED,COMPLETED":                    {"id-0001", "id-0002"},
		"assetId=asset-3":                            {"id-0003"},
		"ingestId=+id-0003+":                         {"id-0003"},
		"profileName=news":                           {"id-0002"},
		"profileName=news&profileVersionId=7":        {"id-0002"},
		"profileName=news&profileVersionId=8":        nil,
		"fromDate=2026-11-03":                        {"id-0001", "id-0002", "id-0003"},
		"toDate=2026-11-03":                          {"id-86400"},
		"fromDate=2026-11-03T12:59:58%2B01:00":       {"id-0001", "id-0002"},
		"text=PICTURE":                               {"id-0001"},
		"text=asset-3&status=&assetId=&fromDate=":    {"id-0003"},
		"text=asset-3&status=FAILED&fromDate=&nope=": nil,
	} {
		if diff := cmp.Diff(want, ids(s.get("ingests?"+query))); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}

func TestWhatIsNotValidIsToldAtItsField(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1)
	for query, want := range map[string]string{
		"fromDate=yesterday":                     `id="p-fromDate">Give a date`,
		"toDate=2026-13-01":                      `id="p-toDate">Give a date`,
		"text=" + strings.Repeat("x", 201):       `id="p-text">This is too long.`,
		"assetId=a%00b":                          `id="p-assetId">This must be text`,
		"status=BROKEN":                          `There is no such status.`,
		"profileVersionId=1":                     `needs its profile`,
		"profileName=default&profileVersionId=x": `needs its profile`,
	} {
		page := s.get("ingests?" + query)
		s.has(page, want)
		if len(ids(page)) != 1 {
			t.Errorf("%s: the list is lost", query)
		}
	}
	w := s.ask(httptest.NewRequest(http.MethodGet, "/ui/acme/ingests?cursor=broken", nil), false)
	if w.Code != http.StatusBadRequest {
		t.Errorf("a broken cursor: %d", w.Code)
	}
}

func TestChipsLeadOutOfTheFilter(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1, in(vod.Failed))
	s.add(2)
	page := s.get("ingests?status=FAILED&text=asset-1")
	s.has(page, `href="/ui/acme/ingests?text=asset-1"`, `href="/ui/acme/ingests?status=FAILED"`, `data-status="FAILED">Failed <b>1</b>`)
	s.has(page, `href="/ui/acme/ingests?text=asset-1" aria-current="true" data-status="FAILED"`, `status=QUEUED&amp;text=asset-1`)
}

// TestOlderPagesSurviveArrivals: what arrives while somebody reads on repeats
// and hides nothing.
func TestOlderPagesSurviveArrivals(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var want []string
	for n := range 120 {
		want = append(want, s.add(1000+n))
	}
	older := regexp.MustCompile(`hx-get="/ui/acme/([^"]+)"`)
	page := s.get("ingests")
	got := ids(page)
	for n := range 3 {
		next := older.FindStringSubmatch(page)
		if next == nil {
			break
		}
		s.add(n + 1)
		page = s.part(html.UnescapeString(next[1]))
		s.hasNot(page, "<html", "<h1>")
		got = append(got, ids(page)...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	s.hasNot(page, "hx-get")
}

func TestAPageWithoutScriptsLeadsBackToTheNewest(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for n := range 51 {
		s.add(n)
	}
	next := regexp.MustCompile(`<a class="button" href="/ui/acme/([^"]+cursor[^"]+)"`).FindStringSubmatch(s.get("ingests"))
	if next == nil {
		t.Fatal("there is no link to older ones")
	}
	page := s.get(html.UnescapeString(next[1]))
	s.has(page, "<html", "Back to the newest", " data-inner")
	if diff := cmp.Diff([]string{"id-0050"}, ids(page)); diff != "" {
		t.Error(diff)
	}
}

func TestRowsAreGivenByTheirIDs(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for n := range 4 {
		s.add(n)
	}
	s.set("id-0001", vod.Failed)
	s.set("id-0003", vod.Failed)
	rows := s.part("ingests/rows?status=FAILED&row=id-0001&row=id-0000&row=gone&new=id-0002&new=id-0003")
	if diff := cmp.Diff([]string{"id-0001", "id-0000", "id-0003"}, ids(rows)); diff != "" {
		t.Error(diff)
	}
	s.has(rows, `<tbody data-id="id-0000" data-start="1793707200000" class="dim">`, "The file has no picture.")
	if n := strings.Count(rows, "dim"); n != 1 {
		t.Errorf("%d are dimmed", n)
	}
	many := url.Values{}
	for n := range perFetch + 1 {
		many.Add("row", fmt.Sprint(n))
	}
	if w := s.ask(httptest.NewRequest(http.MethodGet, "/ui/acme/ingests/rows?"+many.Encode(), nil), true); w.Code != http.StatusBadRequest {
		t.Errorf("too many rows: %d", w.Code)
	}
}

func TestNewerRowsAreThoseAboveTheFirst(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	same := func(id string) func(*vod.Ingest) {
		return func(in *vod.Ingest) { in.ID, in.Start = id, noon() }
	}
	s.add(1, same("b"))
	s.add(2, same("a"))
	s.add(3, same("c"))
	s.add(4)
	start := fmt.Sprint(noon().UnixMilli())
	if diff := cmp.Diff([]string{"c"}, ids(s.part("ingests/newer?id=b&start="+start))); diff != "" {
		t.Error(diff)
	}
	if got := ids(s.part("ingests/newer?id=c&start=" + start)); got != nil {
		t.Errorf("newer than the newest are %v", got)
	}
	if got := ids(s.part("ingests/newer?status=FAILED&id=a&start=" + start)); got != nil {
		t.Errorf("newer and failed are %v", got)
	}
	if got := ids(s.part("ingests/newer?id=&start=0")); !slices.Equal(got, []string{"c", "b", "a", "id-0004"}) {
		t.Errorf("above an empty list are %v", got)
	}
	for n := range 60 {
		s.add(-1 - n)
	}
	many := s.part("ingests/newer?id=c&start=" + start)
	s.has(many, "<table data-more>")
	if got := len(ids(many)); got != perPage {
		t.Errorf("%d rows", got)
	}
}

func TestTheTotalIsOfTheChosenStatuses(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1, in(vod.Failed))
	s.add(2)
	s.add(3, in(vod.Completed))
	s.has(s.part("ingests/counts?status=FAILED&status=QUEUED"), `data-total="2"`, `>All <b>3</b>`)
	s.has(s.part("ingests/counts?text=nothing-has-this"), `data-total="0"`)
}

// TestCountsThatEndedAtTheirMost: they are exact where nothing but statuses is
// chosen.
func TestCountsThatEndedAtTheirMost(t *testing.T) {
	t.Parallel()
	counts := map[vod.IngestStatus]int{vod.Failed: orchestrate.CountMost, vod.Queued: 5}
	for query, want := range map[string][2]string{
		"":                     {"10,005", "10,005"},
		"text=x":               {"10,005+", "10,005+"},
		"text=x&status=QUEUED": {"10,005+", "5"},
		"text=x&status=FAILED": {"10,005+", "10,000+"},
		"status=FAILED":        {"10,005", "10,000"},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		all, total := choiceOf(values).counters(counts)
		if got := [2]string{all[0].Count, total}; got != want {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
}

func TestCountersAreAPart(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1, in(vod.Failed))
	s.add(2)
	part := s.part("ingests/counts?status=FAILED&assetId=asset-1")
	s.has(part, `data-total="1"`, `Failed <b>1</b>`, `Queued <b>0</b>`)
	s.hasNot(part, "<html")
}

func TestTenantsDoNotMeet(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1, func(in *vod.Ingest) { in.Tenant = "other" })
	s.hasNot(s.get("ingests"), "asset-1")
	if got := ids(s.part("ingests/rows?row=id-0001&new=id-0001")); got != nil {
		t.Errorf("rows of another tenant: %v", got)
	}
	if got := ids(s.part("ingests/newer?id=&start=0")); got != nil {
		t.Errorf("newer rows of another tenant: %v", got)
	}
}
