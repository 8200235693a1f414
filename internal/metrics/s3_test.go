package metrics

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

// TestS3 asks a server for each kind of answer.
func TestS3(t *testing.T) {
	t.Parallel()
	m := New("")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		status, _ := strconv.Atoi(r.URL.Path[1:])
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "12345")
	}))
	defer server.Close()
	client := m.S3(server.Client())
	ask := func(method, url, body string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Error(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, status := range []string{"200", "200", "404", "403", "503", "400", "500"} {
		ask(http.MethodGet, server.URL+"/"+status, "")
	}
	ask(http.MethodPut, server.URL+"/200", "0123456789")
	ask(http.MethodPut, "http://127.0.0.1:1/", "x")
	check(t, scrape(t, m), map[string]string{
		`orchestrate_s3_requests_total{method="GET",result="ok"}`: "2", `orchestrate_s3_requests_total{method="PUT",result="ok"}`: "1",
		`orchestrate_s3_requests_total{method="GET",result="absent"}`: "1", `orchestrate_s3_requests_total{method="GET",result="denied"}`: "1",
		`orchestrate_s3_requests_total{method="GET",result="throttled"}`: "1", `orchestrate_s3_requests_total{method="GET",result="refused"}`: "1",
		`orchestrate_s3_requests_total{method="GET",result="server_error"}`: "1", `orchestrate_s3_requests_total{method="PUT",result="failed"}`: "1",
		`orchestrate_s3_request_duration_seconds_count{method="GET"}`: "7",
		`orchestrate_s3_bytes_total{direction="sent"}`:                "10", `orchestrate_s3_bytes_total{direction="received"}`: "40",
	})
}
