package httpd

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"unicode"

	"github.com/go-json-experiment/json"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// refused holds that an error is a refusal with a message that can be shown.
func refused(t *testing.T, err error) {
	t.Helper()
	var fault *vod.Fault
	if !errors.As(err, &fault) {
		t.Fatalf("%v is no refusal", err)
	}
	texts := fault.Message
	for _, p := range fault.Problems {
		texts += p.Path + p.Message
	}
	if fault.Message == "" || strings.ContainsFunc(texts, unicode.IsControl) || len(texts) > 5000 {
		t.Fatalf("a refusal of %d bytes: %.500q", len(texts), texts)
	}
}

// FuzzBody: a body is refused, or is JSON of the route's form that the
// generated binding reads as well.
func FuzzBody(f *testing.F) {
	for _, text := range []string{
		`{"assetId":"a","uri":"http://a/b"}`, `{"assetId":"a","filesets":[{"files":[{"mediaType":"SUBTITLE","language":"nb","uri":"upload:1","md5sum":null}]}],"force":true}`,
		`{"assetId":"a","assetId":"b"}`, `{"a\u0000":1}`, `[[[[`, "\ufeff{}", `{"profileVersionId":1e400}`, "{} {}", "\xff",
	} {
		f.Add([]byte(text), "application/json")
	}
	f.Add([]byte("{}"), "application/json; charset=\"")
	f.Fuzz(func(t *testing.T, text []byte, mediaType string) {
		rule := bodyRules()["POST /ingests"]
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/ingests", bytes.NewReader(text))
		r.Header["Content-Type"] = []string{mediaType}
		checked, err := rule.read(httptest.NewRecorder(), r, newBodyRoom().place())
		if err != nil {
			refused(t, err)
			return
		}
		var body api.Submission
		data, err := io.ReadAll(checked.Body)
		if err == nil {
			err = json.Unmarshal(data, &body)
		}
		if err != nil || !bytes.Equal(data, text) {
			t.Fatalf("%q was let in, and is %q: %v", text, data, err)
		}
		if submission, err := submissionOf(body); err != nil {
			refused(t, err)
		} else if len(submission.Filesets) == 0 {
			t.Fatal("a submission without files")
		}
	})
}

// FuzzFilter: the parameters of a list are refused, or mean what can be asked.
func FuzzFilter(f *testing.F) {
	f.Add("limit=1&status=COMPLETED,FAILED&status=QUEUED&fromDate=2021-12-08&toDate=2021-12-08T10:50:21.481%2B01:00")
	f.Add("assetId=%00&ingestId=%ff")
	f.Add("toDate=9999-12-31T23:59:59-01:00")
	f.Add("a%0d%0ab=1")
	f.Add("status=,&limit=99999999999999999999")
	f.Fuzz(func(t *testing.T, query string) {
		m := &memory{}
		h := New(Config{Service: m, Now: noon})
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/ingests", nil)
		r.Host, r.URL.RawQuery = "localhost", query
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch {
		case w.Code != http.StatusOK && w.Code != http.StatusBadRequest:
			t.Fatalf("%q: %d %s", query, w.Code, w.Body)
		case w.Code == http.StatusOK && len(m.filters) == 1:
			asked := m.filters[0]
			if asked.Limit < 1 || asked.Limit > maxLimit || !isText(asked.AssetID+asked.IngestID+asked.ProfileName) {
				t.Fatalf("%q: %+v", query, asked)
			}
		}
	})
}

// FuzzHeaders: what says who asks is refused, or is exactly one name.
func FuzzHeaders(f *testing.F) {
	f.Add("Bearer a.b.c", "default", "key-1", "198.51.100.7, 192.0.2.1")
	f.Add("bearer  x ", "", "\x00", "[::1]:80,,\xff")
	f.Add("Basic YTpi", "a,b", "é", "fe80::1%eth0")
	f.Add("Bearer x", "a", "k", "fe80::1%\x00")
	trusted := proxies{netip.MustParsePrefix("192.0.2.0/24")}
	s := &server{proxies: trusted}
	f.Fuzz(func(t *testing.T, authorization, tenant, key, forwarded string) {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/ingests", nil)
		r.Header = http.Header{"Authorization": {authorization}, tenantHeader: {tenant}, "X-Forwarded-For": {forwarded}}
		if token, err := bearer(r); err != nil {
			refused(t, err)
		} else if token == "" || !strings.Contains(authorization, token) || strings.TrimSpace(token) != token {
			t.Fatalf("%q is the token of %q", token, authorization)
		}
		for _, identify := range []func() (vod.Caller, error){
			func() (vod.Caller, error) { return s.localCaller(r) },
			func() (vod.Caller, error) {
				return s.signedInCaller(r, auth.Identity{Subject: "s", Tenants: []string{"default", "a"}})
			},
		} {
			if caller, err := identify(); err != nil {
				refused(t, err)
			} else if caller.Tenant != tenant || !vod.LegalTenant(tenant) {
				t.Fatalf("the tenant %q of %q", caller.Tenant, tenant)
			}
		}
		if from := trusted.origin(r); from != "" {
			if _, err := netip.ParseAddr(from); err != nil || strings.ContainsFunc(from, unicode.IsControl) {
				t.Fatalf("%q became %q", forwarded, from)
			}
		}
		if k, err := requestKey(&key, api.Submission{}); err != nil {
			refused(t, err)
		} else if k.Key != key || !isText(key) || len(key) > 255 {
			t.Fatalf("the key %q", key)
		}
	})
}

// FuzzImportRows: any text is counted, to its end or its first fault.
func FuzzImportRows(f *testing.F) {
	f.Add([]byte(`[{"items":[1,2]},{}]`))
	f.Add([]byte(`{"items":[`))
	f.Add([]byte(`]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if rows := importRows(text); rows > len(text)+1 {
			t.Fatalf("%d rows in %d bytes", rows, len(text))
		}
	})
}
