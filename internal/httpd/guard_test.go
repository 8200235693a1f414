package httpd

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	served := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, Caller(r.Context()).Tenant)
	})
	s := setup(t, &memory{}, map[string]http.Handler{"/media/": served, "/uploads": served})
	for host, status := range map[string]int{
		"localhost": 200, "LOCALHOST.:8080": 200, "127.0.0.1:8080": 200, "127.9.9.9": 200, "[::1]:80": 200, "[::1]": 200,
		"vod.example.com": 200, "vod.example.com:8443": 200,
		"example.com": 403, "127.0.0.1.example.com": 403, "localhost.example.com": 403, "10.0.0.1": 403, "0.0.0.0": 403, "[::]": 403,
		"127.1": 403, "2130706433": 403, "vod.example.com.evil.org": 403,
	} {
		s.send(t, "GET", "/healthz", "", "Host", host).is(t, status)
	}
	for origin, status := range map[string]int{
		"http://127.0.0.1:80": 200, "https://127.0.0.1:80": 200, "https://vod.example.com": 200,
		"https://evil.example": 403, "null": 403, "http://127.0.0.1:81": 403, "http://vod.example.com": 403, "": 403,
		"http://127.0.0.1:80.evil.example": 403,
	} {
		s.send(t, "GET", "/ingests", "", "Host", "127.0.0.1:80", "Origin", origin).is(t, status)
	}
	s.send(t, "GET", "/ingests", "", "Host", "127.0.0.1:80", "Origin", "http://127.0.0.1:80", "Origin", "https://evil.example").is(t, 403)
	s.send(t, "POST", "/uploads", "x", "Origin", "https://evil.example").is(t, 403)
	for site, status := range map[string]int{"same-origin": 200, "same-site": 403, "cross-site": 403, "none": 403} {
		if got := s.send(t, "POST", "/uploads", "x", "Origin", "null", "Sec-Fetch-Site", site); got.StatusCode != status {
			t.Errorf("a form of %s: %s", site, got.Status)
		}
		s.send(t, "POST", "/uploads", "x", "Origin", "https://evil.example", "Sec-Fetch-Site", site).is(t, 403)
	}
	s.send(t, "POST", "/media/k/x", "x", "Origin", "https://evil.example").is(t, 403)
	// Players anywhere may read media, whose address is the capability.
	if got := s.send(t, "GET", "/media/k/x", "", "Origin", "https://evil.example"); got.StatusCode != 200 {
		t.Errorf("media for a foreign player: %d", got.StatusCode)
	}
	s.send(t, "GET", "/media/k/x", "", "Host", "evil.example").is(t, 403)
}

func TestTenant(t *testing.T) {
	t.Parallel()
	served := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, Caller(r.Context()).Tenant)
	})
	s := setup(t, &memory{}, map[string]http.Handler{"/play/": served})
	if got := s.send(t, "GET", "/play/x", ""); got.text != "default" {
		t.Errorf("tenant %q", got.text)
	}
	if got := s.send(t, "GET", "/play/x", "", "X-Vimond-Tenant", "Acme_1-b"); got.text != "Acme_1-b" {
		t.Errorf("tenant %q", got.text)
	}
	for _, bad := range []string{"", "-a", "a b", "a/b", "..", "å", "a" + strings.Repeat("b", 64)} {
		s.send(t, "GET", "/ingests", "", "X-Vimond-Tenant", bad).is(t, 400, "X-Vimond-Tenant")
	}
	s.send(t, "GET", "/ingests", "", "X-Vimond-Tenant", "a", "X-Vimond-Tenant", "b").is(t, 400)
	s.send(t, "GET", "/ingests", "", "X-Vimond-Tenant", "acme").is(t, 200)
	if got := s.filters[len(s.filters)-1].Tenant; got != "acme" {
		t.Errorf("listed for %q", got)
	}
}
