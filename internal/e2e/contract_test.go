package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
)

// TestContract imports the three answers of the original page and asks for
// them: equal means the same sequence of JSON tokens, keys in order.
func TestContract(t *testing.T) {
	t.Parallel()
	in := serve(t)
	vimond, err := client.New(in.url, client.Options{Tenant: "vimond", HTTPClient: apptest.HTTPClient(t)})
	if err != nil {
		t.Fatal(err)
	}
	document := func(name string) []byte { return read(t, filepath.Join("..", "httpd", "testdata", name)) }
	files := []string{"list.json", "list-by-asset.json", "detail.json"}
	for round, outcome := range []client.ImportRowOutcome{client.ImportRowOutcomeWritten, client.ImportRowOutcomeUnchanged} {
		for _, f := range files {
			result, err := vimond.Import(t.Context(), document(f))
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range result.Rows {
				if row.Outcome != outcome {
					t.Errorf("round %d, %s: %+v, want %s", round, f, row, outcome)
				}
			}
		}
	}
	for path, want := range map[string][]byte{
		"/ingests?toDate=2022-01-01":                    document("list.json"),
		"/ingests?assetId=179057":                       document("list-by-asset.json"),
		"/ingests/7dd40659-2494-45bc-b533-83e7deb97155": document("detail.json"),
	} {
		if d := cmp.Diff(tokens(t, want), tokens(t, get(t, in.url, path, "vimond"))); d != "" {
			t.Errorf("%s (-page +ours):\n%s", path, d)
		}
	}
	if got := string(get(t, in.url, "/ingests", "another")); got != `{"items":[],"count":0,"cursor":null}`+"\n" {
		t.Errorf("another tenant sees %s", got)
	}
}

func get(t *testing.T, server, path, tenant string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Vimond-Tenant", tenant)
	req.Header.Set("Content-Type", "application/json") // As on the page, without a body.
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v\n%s", path, resp.Status, err, body)
	}
	return body
}

func tokens(t *testing.T, document []byte) (list []json.Token) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, token)
	}
}
