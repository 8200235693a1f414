package httpd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The three documents of the Status API's page, as values of the domain, come
// out as the same sequence of JSON tokens.
func TestPageOfTheStatusAPI(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{runs: []vod.Run{pageDetail(t)}}, nil)
	for _, name := range []string{"list.json", "list-by-asset.json"} {
		s.runs = append(s.runs, pageItems(t, name)...)
	}
	for path, name := range map[string]string{
		"/ingests?toDate=2022-01-01":                    "list.json",
		"/ingests?assetId=179057":                       "list-by-asset.json",
		"/ingests/7dd40659-2494-45bc-b533-83e7deb97155": "detail.json",
	} {
		// The page's own calls name a Content-Type although they have no body.
		got := s.send(t, http.MethodGet, path, "", "X-Vimond-Tenant", "vimond", "Content-Type", "application/json",
			"Authorization", "Bearer some.token")
		got.is(t, http.StatusOK)
		if diff := cmp.Diff(tokens(t, contractFile(t, name)), tokens(t, []byte(got.text))); diff != "" {
			t.Errorf("%s: -want +got\n%s", path, diff)
		}
	}
}

// The cursor of the page leads to its 26th row.
func TestCursorOfThePage(t *testing.T) {
	t.Parallel()
	s := setup(t, &memory{runs: append(pageItems(t, "list.json"), pageDetail(t))}, nil)
	var list struct{ Cursor string }
	if err := json.Unmarshal(contractFile(t, "list.json"), &list); err != nil {
		t.Fatal(err)
	}
	got := s.send(t, http.MethodGet, "/ingests?cursor="+list.Cursor, "", "X-Vimond-Tenant", "vimond")
	got.is(t, http.StatusOK, `"ingestId":"7dd40659-2494-45bc-b533-83e7deb97155"`, `"count":1,"cursor":null`)
}

func tokens(t *testing.T, text []byte) []string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var all []string
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%T %v", token, token))
	}
}

type pageItem struct {
	IngestID, AssetID, Tenant, ProfileName string
	Status                                 vod.IngestStatus
	MediaTypes                             []string
	Progress                               int
	StartTime, EndTime                     time.Time
	Input                                  json.RawMessage
	Tasks                                  []struct {
		Outputs, Input     json.RawMessage
		Name               vod.Stage
		Progress           float64
		StartTime, EndTime time.Time
		ID                 string
		Status             vod.TaskStatus
	}
}

func (p pageItem) run() vod.Run {
	run := vod.Run{Ingest: vod.Ingest{
		ID: p.IngestID, Tenant: "vimond", AssetID: p.AssetID, ProfileName: p.ProfileName, Status: p.Status,
		Progress: p.Progress, Start: p.StartTime, End: p.EndTime, MediaTypes: p.MediaTypes, Input: p.Input,
		Imported: true, HasInput: p.Input != nil,
	}}
	for i, t := range p.Tasks {
		run.Tasks = append(run.Tasks, vod.Task{
			ID: t.ID, IngestID: p.IngestID, Stage: t.Name, Status: t.Status, Order: i + 1, Share: t.Progress / 100,
			Start: t.StartTime, End: t.EndTime, Input: t.Input, Outputs: t.Outputs,
		})
	}
	return run
}

func pageItems(t *testing.T, name string) (runs []vod.Run) {
	t.Helper()
	var list struct{ Items []pageItem }
	if err := json.Unmarshal(contractFile(t, name), &list); err != nil {
		t.Fatal(err)
	}
	for _, item := range list.Items {
		runs = append(runs, item.run())
	}
	return runs
}

func pageDetail(t *testing.T) vod.Run {
	t.Helper()
	var item pageItem
	if err := json.Unmarshal(contractFile(t, "detail.json"), &item); err != nil {
		t.Fatal(err)
	}
	return item.run()
}
