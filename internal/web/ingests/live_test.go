package ingests

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/via-orchestrate/orchestrate/internal/uitest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// tab is a browser that shows the list.
type tab struct {
	*uitest.Tab
	t *testing.T
}

func (s *site) open(path string) tab {
	s.t.Helper()
	server := httptest.NewServer(s.kit)
	s.t.Cleanup(server.Close)
	b := tab{uitest.Open(s.t), s.t}
	b.Allow("/events") // The tests say themselves what has changed.
	b.Visit(server.URL + "/ui/acme/" + path)
	b.Await("the scripts", `window.htmx !== undefined && document.body.dataset.live !== undefined`)
	return b
}

// tell is what the server tells of ingests: id, status and change of each.
func (b tab) tell(changes ...[3]string) {
	b.t.Helper()
	list := ""
	for _, c := range changes {
		list += fmt.Sprintf(`{ingestId: %q, status: %q, change: %q},`, c[0], c[1], c[2])
	}
	b.Eval(`document.dispatchEvent(new CustomEvent("live:ingest", {detail: {changes: [` + list + `]}}))`)
}

// is ends the test unless the expression gives what is wanted.
func (b tab) is(expression, want string) {
	b.t.Helper()
	if got := b.Eval(expression); got != want {
		b.t.Fatalf("%s is %q, want %q", expression, got, want)
	}
}

const (
	listed = `[...document.querySelectorAll("#ingests tbody[data-id]")].map((b) => b.dataset.id).join(" ")`
	byID   = `document.querySelector('tbody[data-id="%s"]')`
)

func TestRowsChangeInTheirPlace(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1)
	s.add(2)
	s.add(3, in(vod.Completed))
	b := s.open("ingests?status=QUEUED")
	row := fmt.Sprintf(byID, "id-0002")
	b.Eval(`(window.violated = 0, addEventListener("securitypolicyviolation", () => window.violated++),
		` + row + `.querySelector("input").click(), ` + row + `.querySelector("input").focus())`)
	b.is(`document.getElementById("ingests-selected").textContent`, "1 selected")
	s.set("id-0002", vod.Failed)
	s.set("id-0003", vod.Queued)
	b.tell([3]string{"id-0002", "FAILED", "updated"}, [3]string{"id-0003", "QUEUED", "updated"})
	b.Await("the failed row", row+`.classList.contains("dim") && `+row+`.querySelector(".why") !== null`)
	b.Await("the row that belongs here by now", listed+` === "id-0001 id-0002 id-0003"`)
	b.is(`document.activeElement.value + document.activeElement.checked`, "id-0002true")
	b.is(`document.getElementById("ingests-selected").textContent`, "1 selected")
	b.Await("the counters", `document.querySelector("a[data-status=FAILED] b").textContent === "1"`)

	b.tell([3]string{"id-0001", "QUEUED", "deleted"})
	b.Await("the row to go", listed+` === "id-0002 id-0003"`)
	b.is(`window.violated`, "0")
}

// TestNothingIsMissedAtFirst: what happened between the page and its stream is
// fetched once the stream is there.
func TestNothingIsMissedAtFirst(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1, in(vod.Running))
	b := s.open("ingests")
	s.set("id-0001", vod.Completed)
	s.add(0)
	b.Eval(`document.dispatchEvent(new CustomEvent("live:begun", {detail: {}}))`)
	b.Await("the row that has ended", fmt.Sprintf(byID, "id-0001")+`.querySelector("[data-status=COMPLETED]") !== null`)
	b.Await("the row that is new", listed+` === "id-0000 id-0001"`)
}

func TestArrivalsComeAtTheTop(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.open("ingests")
	b.is(`document.getElementById("ingests-form").hidden`, "true")
	s.add(200)
	b.tell([3]string{"id-0200", "QUEUED", "created"})
	b.Await("the first row", listed+` === "id-0200" && !document.getElementById("ingests-form").hidden`)
	b.is(`document.getElementById("ingests-none")`, "null")

	for n := range 30 {
		s.add(100 + n)
	}
	b.tell([3]string{"id-0100", "QUEUED", "created"})
	b.Await("all rows", `document.querySelectorAll("#ingests tbody[data-id]").length === 31`)

	// Who reads further down is told, and not disturbed.
	b.Eval(`window.scrollTo(0, 600)`)
	s.add(50)
	s.add(51)
	b.tell([3]string{"id-0050", "QUEUED", "created"}, [3]string{"id-0051", "QUEUED", "created"})
	b.Await("the button", `document.getElementById("ingests-new").textContent === "2 new"`)
	b.is(`document.querySelectorAll("#ingests tbody[data-id]").length`, "31")
	b.Eval(`document.getElementById("ingests-new").click()`)
	b.Await("the new rows", listed+`.startsWith("id-0050 id-0051 id-0100 ")`)
	b.is(`document.getElementById("ingests-new").hidden`, "true")
}

func TestReadingOnFetchesOlderRows(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for n := range 120 {
		s.add(n)
	}
	b := s.open("ingests")
	// A message stays until the reader does something.
	b.Eval(`document.getElementById("alerts").append("failed")`)
	b.Eval(`window.scrollTo(0, document.body.scrollHeight)`)
	b.Await("older rows", `document.querySelectorAll("#ingests tbody[data-id]").length === 100`)
	b.is(`document.getElementById("alerts").textContent`, "failed")
	b.Eval(`document.querySelector("tbody.older a").click()`)
	b.Await("all rows", `document.querySelectorAll("#ingests tbody[data-id]").length === 120`)
	b.is(`document.getElementById("alerts").textContent`, "")
	b.is(`document.querySelector("tbody.older")`, "null")
	b.is(`new Set(`+listed+`.split(" ")).size`, "120")
	b.Eval(`document.dispatchEvent(new CustomEvent("live:reset", {detail: {}}))`)
	s.set("id-0119", vod.Running)
	b.Await("the last row", fmt.Sprintf(byID, "id-0119")+`.querySelector("[data-status=RUNNING]") !== null`)
}

func TestAFilterLeavesAnAddressThatReads(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(1)
	b := s.open("ingests")
	b.Eval(`(document.getElementById("f-text").value = "asset", document.getElementById("ingests-filter").requestSubmit())`)
	b.Do(chromedp.WaitReady(".ingests-active .chip"))
	b.is(`location.search`, "?text=asset")
	b.is(`document.querySelector("[data-bulk]").disabled`, "true")
	b.Eval(`document.getElementById("ingests-all").click()`)
	b.Eval(`document.querySelector("[data-bulk][value=cancel]").click()`)
	b.Do(chromedp.WaitReady(".bulk button.danger"))
	b.Eval(`document.querySelector(".bulk button.danger").click()`)
	b.Do(chromedp.WaitReady("#bulk-job"))
	b.Await("the end of the job", `document.querySelector("#bulk-job h1")?.textContent === "Cancelling has ended"`)
	s.status("id-0001", vod.Cancelling)
}
