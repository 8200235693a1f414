package signin

import (
	"strings"
	"testing"
	"time"
)

// TestTarget: nobody is sent to another site, whatever a link says.
func TestTarget(t *testing.T) {
	t.Parallel()
	for _, to := range []string{
		"/ui/", "/ui/acme/ingests", "/ui/acme/ingests?status=FAILED&text=a%20b", "/ui/acme/ingests/7dd40659", "/play/a%26b?format=dash",
		"/ui/acme/ingests?to=https://evil.example", "/ui/acme/profiles/gr%C3%B6%C3%9Fe", "/ui/acme/", "/ui/acme/x?q=%5C",
	} {
		if got := target(to); got != to {
			t.Errorf("%q leads to %q", to, got)
		}
	}
	for _, to := range []string{
		"", "/", "/ui", "ui/acme", "acme", "/ingests", "/media/k/x", "/uix/", "/ui/_/sign-out", "/ui/_/sign-in", "/ui/_/callback?code=x",
		"https://evil.example/ui/", "//evil.example/ui/", "///evil.example/ui/", "/\\evil.example/ui/", "\\\\evil.example", "/ui/\\evil.example", "/ui/%5c%5cevil.example",
		"/ui//evil.example", "/ui/../..//evil.example", "/ui/..%2f..%2fevil", "/ui/%2e%2e/ingests", "/ui/./x", "/ui/a/../_/sign-out", "/ui/a/..",
		"javascript:alert(1)", "javascript:/ui/", "data:text/html,x", "/ui/\t/evil.example", "/ui/\n", "\t/ui/", "/ui/%0d%0aSet-Cookie:x", "/ui/\x00", "/ui/%zz",
		"http:/ui/", "http:ui/", "//ui/", "/%2fevil.example/ui/", "@evil.example/ui/", "/ui/\u0085", "/play/../ingests", "/play", "/ui/\xff",
		"/ui/" + strings.Repeat("a", maxTarget),
	} {
		if got := target(to); got != home {
			t.Errorf("%q leads to %q", to, got)
		}
	}
}

func FuzzTarget(f *testing.F) {
	for _, to := range []string{"/ui/acme?x", "//evil.example", "/ui/../x", "/ui/\\x"} {
		f.Add(to)
	}
	f.Fuzz(func(t *testing.T, to string) {
		got := target(to)
		if !strings.HasPrefix(got, home) && !strings.HasPrefix(got, "/play/") || strings.HasPrefix(got, open) || strings.ContainsAny(got, "\\\r\n\t") ||
			target(got) != got {
			t.Errorf("%q leads to %q", to, got)
		}
	})
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	a := newAttempts(10)
	now := time.Date(2026, 11, 3, 7, 50, 32, 0, time.UTC)
	count := func(from string) (n int) {
		for range 20 {
			if a.allow(from, now) {
				n++
			}
		}
		return n
	}
	for from, want := range map[string]int{"192.0.2.1": 10, "192.0.2.2": 10, "2001:db8::1": 10, "": 10} {
		if got := count(from); got != want {
			t.Errorf("%s may try %d times", from, got)
		}
	}
	if got := count("2001:db8::ffff"); got != 0 { // The same network.
		t.Errorf("another address of a network may try %d times", got)
	}
	now = now.Add(6 * time.Second)
	if got := count("192.0.2.1"); got != 1 {
		t.Errorf("6 s later %d more attempts", got)
	}
}
