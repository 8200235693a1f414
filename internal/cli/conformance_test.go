package cli

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/conformance"
)

// TestConformancePrints: groups, findings with what repeats them, and counts;
// exit code 1 for a difference of the contract.
func TestConformancePrints(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.HandleFunc("GET /ingests", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, 200, `{"count":1,"items":[{"ingestId":"a\u001b[2J","startTime":"2021-12-08T10:50:21.481Z"}],"cursor":null}`)
	})
	r := d.run(t, "conformance", "--only", "list.keys,list.order,list.count,item.keys")
	r.want(t, 1, `List
  differs     list.keys              Keys of a list: items, count, cursor, in this order
              wanted  a list with the keys items, count, cursor
              got     count, items, cursor
              repeat  curl -i '`+d.url+`/ingests'
  ok          list.count             count is the number of items in the answer
  not tested  list.order             Newest startTime first
              why     the server has less than two ingests

Items
  differs     item.keys              Items have exactly the page's keys in the page's order
              wanted  an item with the keys `+strings.Join([]string{
		"ingestId", "assetId", "detailsUrl", "profileName", "error", "mediaTypes", "progress", "startTime", "endTime", "status", "elapsedTime",
	}, ", ")+`
              got     ingestId, startTime
              repeat  curl -i '`+d.url+`/ingests'

Contract:      1 ok    2 differ    1 not tested
Extensions:    0 ok    0 differ    0 not tested
`+d.url+` differs from the Status API, as far as it was tested.
`+lastLine(r.out), "")
}

func lastLine(text string) string {
	lines := strings.SplitAfter(text, "\n")
	return lines[max(0, len(lines)-2)]
}

// TestConformanceLevels: a difference of an extension fails with --strict only,
// and -o json says the same.
func TestConformanceLevels(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.HandleFunc("GET /ingests", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, 200, `{"items":[],"count":0,"cursor":null}`)
	})
	for _, tt := range []struct {
		args     []string
		code     int
		conforms bool
	}{{nil, 0, true}, {[]string{"--strict"}, 1, false}} {
		r := d.run(t, append([]string{"conformance", "-o", "json", "--only", "list.keys,limit.range"}, tt.args...)...)
		var report struct {
			conformance.Report
			Conforms bool
		}
		if err := json.Unmarshal([]byte(r.out), &report); err != nil {
			t.Fatalf("%v: %+v", err, r)
		}
		if r.code != tt.code || report.Conforms != tt.conforms || report.Extension.Differs != 1 || report.Contract.OK != 1 || report.Checks[1].Findings[0].Curl == "" {
			t.Errorf("%v: %+v", tt.args, r)
		}
	}
}

// TestConformanceElsewhere: what cannot be asked for lack of a list is told in
// one line.
func TestConformanceElsewhere(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	r := d.run(t, "conformance")
	if lines := strings.Count(r.out, "\n"); r.code != 1 || lines > 20 ||
		!strings.Contains(r.out, "got     404 Not Found") || !strings.Contains(r.out, " checks, as GET /ingests gives no list.\n") {
		t.Errorf("%+v", r)
	}
	for _, r := range []result{r, d.run(t, "conformance", "--only", "cursor.walk")} {
		if r.code != 1 || !strings.Contains(r.out, d.url+" gave no list, so it was not tested.") {
			t.Errorf("%+v", r)
		}
	}
}

// TestConformanceUsage: what cannot be run is wrong usage.
func TestConformanceUsage(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	for _, args := range [][]string{
		{"--only", "list.colour"}, {"--submit", "http://example.com/a.mp4", "--asset", "1"}, {"--max-requests", "0"}, {"--timeout", "-1s"},
	} {
		if r := d.run(t, append([]string{"conformance"}, args...)...); r.code != 2 || !strings.Contains(r.err, "Try: ") || r.out != "" {
			t.Errorf("%q: %+v", args, r)
		}
	}
}
