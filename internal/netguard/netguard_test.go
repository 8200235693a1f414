package netguard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

func get(t *testing.T, g *Guard, address string) (*http.Response, error) {
	t.Helper()
	t.Cleanup(g.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer secret")
	resp, err := g.Client().Do(req)
	if err == nil {
		t.Cleanup(func() { _ = resp.Body.Close() })
	}
	return resp, err
}

func wantForbidden(t *testing.T, err error) {
	t.Helper()
	var se *vod.StepError
	if !errors.As(err, &se) || se.Class != vod.ClassConfig || se.Reason != vod.ReasonForbidden {
		t.Fatalf("error is %v, want CONFIG forbidden", err)
	}
}

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	g := New(nil)
	for address, want := range map[string]bool{
		"93.184.216.34": true, "2606:4700::1111": true, "172.32.0.1": true, "100.128.0.1": true,
		"0.0.0.0": false, "10.1.2.3": false, "100.64.0.1": false, "127.0.0.1": false, "127.255.0.9": false,
		"169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.0.1": false,
		"192.0.0.8": false, "198.18.0.1": false, "224.0.0.1": false, "239.1.1.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false, "::ffff:93.184.216.34": true,
		"64:ff9b::7f00:1": false, "64:ff9b:1::a00:1": false, "2002:7f00:1::": false, "2001:0:1::": false,
		"fec0::1": false, "2001:db8::1": false,
	} {
		err := g.control("tcp", net.JoinHostPort(address, "80"), nil)
		if (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
	wantForbidden(t, g.control("tcp", "localhost:80", nil))
}

func TestAllow(t *testing.T) {
	t.Parallel()
	for prefix, address := range map[string]string{
		"10.0.0.0/8": "10.1.1.1", "127.0.0.0/8": "::ffff:127.0.0.1", "::ffff:10.0.0.0/104": "10.2.3.4",
		"fd00::/8": "fd00::1", "fe80::/10": "fe80::1%eth0", "64:ff9b::/96": "64:ff9b::7f00:1",
	} {
		g := New([]netip.Prefix{netip.MustParsePrefix(prefix)})
		if err := g.control("tcp", net.JoinHostPort(address, "80"), nil); err != nil {
			t.Errorf("%s does not allow %s: %v", prefix, address, err)
		}
		if g.control("tcp", "192.168.1.1:80", nil) == nil {
			t.Errorf("%s allows another address", prefix)
		}
	}
}

func TestLoopbackIsRefused(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("was reached") }))
	defer srv.Close()
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "127.1"} {
		_, err := get(t, New(nil), "http://"+host+":"+port+"/?signature=secret")
		if err == nil {
			t.Fatalf("%s was reached", host)
		}
		if host == "2130706433" || host == "127.1" { // no IP addresses to Go: names that do not resolve
			continue
		}
		wantForbidden(t, err)
		if se := Explain(host, err); !strings.Contains(se.Hint, "--allow-net") || strings.Contains(se.Error(), "secret") {
			t.Errorf("%s: %+v", host, se)
		}
	}
}

func TestNameThatResolvesToLoopback(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "in") }))
	defer srv.Close()
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	dns := serveDNS(t)
	for _, allowed := range []bool{false, true} {
		g := New(nil)
		if allowed {
			g = New(loopback())
		}
		g.dialer.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "udp", dns)
		}}
		_, err := get(t, g, "http://rebind.example.com:"+port)
		if allowed && err != nil {
			t.Fatalf("the name server is not used: %v", err)
		}
		if !allowed {
			wantForbidden(t, err)
		}
	}
}

// serveDNS answers every question for an A record with 127.0.0.1 and others
// with nothing.
func serveDNS(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = conn.WriteTo(dnsAnswer(buf[:n]), from)
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return conn.LocalAddr().String()
}

// dnsAnswer writes a response as RFC 1035 section 4.1 has it.
func dnsAnswer(question []byte) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5 // the root label, type and class
	isA := question[end-3] == 1
	answer := append([]byte{}, question[:end]...)
	answer[2], answer[3] = 0x81, 0x80 // a response without error
	answer[6], answer[7], answer[8], answer[9], answer[10], answer[11] = 0, 0, 0, 0, 0, 0
	if isA {
		answer[7] = 1
		answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1)
	}
	return answer
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	var steps func(n int) string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &n)
		if r.Header.Get("Referer") != "" {
			t.Error("the last address is told to the next server")
		}
		if n > 0 {
			http.Redirect(w, r, steps(n-1), http.StatusFound)
		}
	}))
	defer srv.Close()
	steps = func(n int) string { return fmt.Sprintf("%s/%d?signature=secret", srv.URL, n) }
	if _, err := get(t, New(loopback()), steps(5)); err != nil {
		t.Errorf("5 redirects: %v", err)
	}
	_, err := get(t, New(loopback()), steps(6))
	if se := Explain("x", err); se.Class != vod.ClassMedia || !strings.Contains(se.Message, "more than 5 times") {
		t.Errorf("6 redirects: %v", se)
	}
}

func TestRedirectTargets(t *testing.T) {
	t.Parallel()
	inner := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("another host was given the credentials")
		}
	}))
	defer inner.Close()
	var target string
	outer := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target, http.StatusFound)
	}))
	defer outer.Close()
	plain := httptest.NewServer(outer.Config.Handler)
	defer plain.Close()

	// 127.0.0.1/32 alone is allowed, so that ::1 or 127.0.0.2 stand for the operator's network.
	g := New([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")})
	g.transport.TLSClientConfig = outer.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	target = inner.URL
	if _, err := get(t, g, plain.URL); err != nil {
		t.Errorf("to another host: %v", err)
	}
	_, err := get(t, g, outer.URL)
	wantForbidden(t, err) // https to http
	for _, target = range []string{"http://127.0.0.2:1/", "http://u:p@127.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd"} {
		if _, err = get(t, g, plain.URL); err == nil {
			t.Errorf("redirect to %s was followed", target)
			continue
		}
		wantForbidden(t, err)
	}
}

func TestProxyIsNotUsed(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	if _, err := get(t, New(loopback()), "http://name.invalid/"); err == nil {
		t.Error("a name that does not exist answers")
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	huge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X", strings.Repeat("x", 1<<20))
	}))
	defer huge.Close()
	cut := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer cut.Close()
	tlsServer := httptest.NewTLSServer(nil)
	defer tlsServer.Close()
	for address, want := range map[string]string{
		closed.URL:                 "refuses connections",
		huge.URL:                   "not proper HTTP",
		cut.URL:                    "closed the connection",
		"http://name.invalid":      "name that",
		tlsServer.URL:              "certificate that is not trusted",
		"https://" + closedHTTP(t): "does not speak TLS",
	} {
		_, err := get(t, New(loopback()), address+"/?signature=secret")
		se := Explain("the host", err)
		if se.Class != vod.ClassRemote || !strings.Contains(se.Message, want) || strings.Contains(se.Error(), "secret") {
			t.Errorf("%s: %s / %v", want, se.Message, se.Cause)
		}
	}
}

// Where a redirect leads counts, and one that leads nowhere is not tried again.
func TestExplainRedirects(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]struct {
		class vod.Class
		says  string
	}{
		"http://127.0.0.2:1/?signature=secret":     {vod.ClassRemote, "127.0.0.2 refuses connections."},
		"http://x:y:z/?signature=secret":           {vod.ClassMedia, "127.0.0.1 redirects to something that is not an address."},
		"http://127.0.0.2:65536/?signature=secret": {vod.ClassMedia, "127.0.0.2 has an address that nothing can connect to: invalid port."},
		"http:///?signature=secret":                {vod.ClassMedia, "127.0.0.1 redirects to an address without a host."},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusFound)
		}))
		t.Cleanup(srv.Close)
		_, err := get(t, New(loopback()), srv.URL)
		se := Explain("the host", err)
		if se.Class != want.class || se.Message != want.says || strings.Contains(se.Error(), "secret") {
			t.Errorf("%s: %s %s / %v", location, se.Class, se.Message, se.Cause)
		}
	}
}

// closedHTTP gives the host of a server without TLS.
func closedHTTP(t *testing.T) string {
	t.Helper()
	srv := httptest.NewServer(nil)
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

func TestExplainTimeout(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer silent.Close()
	defer close(release)
	g := New(loopback())
	g.transport.ResponseHeaderTimeout = 20 * time.Millisecond
	_, err := get(t, g, silent.URL)
	if se := Explain("the host", err); se.Class != vod.ClassRemote || se.Reason != vod.ReasonTimeout {
		t.Errorf("no answer: %+v", se)
	}
}
