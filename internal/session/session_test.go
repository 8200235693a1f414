package session_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/session"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// world is a manager over a store on a disk, and a clock.
type world struct {
	*session.Manager
	*sqlite.Store
	t     *testing.T
	https bool
	role  map[string]vod.Role
	mu    sync.Mutex
	now   time.Time
	down  error // nil: the store works
	reads atomic.Int64
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "orchestrate.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &world{t: t, Store: db, https: true, now: time.Date(2026, 11, 3, 7, 50, 32, 0, time.UTC)}
	w.restart()
	return w
}

// restart makes another manager on the store, as the next start of a server does.
func (w *world) restart() {
	w.t.Helper()
	a, err := auth.New(auth.Config{
		Issuers: []auth.Issuer{{URL: "https://login.example.com", Audiences: []string{"o"}}}, Tokens: w, RoleMap: w.role, Now: w.clock,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Manager = session.New(session.Config{Store: w, Auth: a, Age: 12 * time.Hour, HTTPS: w.https, Now: w.clock})
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) forward(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// SessionGet implements [session.Store].
func (w *world) SessionGet(ctx context.Context, hash string) (vod.Session, error) {
	w.reads.Add(1)
	if w.down != nil {
		return vod.Session{}, w.down
	}
	return w.Store.SessionGet(ctx, hash)
}

func ann() auth.Grant {
	return auth.Grant{Identity: auth.Identity{
		Subject: "ann (https://login.example.com)", Key: "k", Tenants: []string{"acme", "beta"}, Permissions: vod.Viewer.Permissions(),
	}}
}

// request is one of a browser that has these cookies.
func request(t *testing.T, cookies ...*http.Cookie) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/ingests", nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

// begin signs in, and gives the cookie that the browser is given.
func (w *world) begin(g auth.Grant, had ...*http.Cookie) *http.Cookie {
	w.t.Helper()
	answer := httptest.NewRecorder()
	if err := w.Begin(answer, request(w.t, had...), g, "192.0.2.1"); err != nil {
		w.t.Fatal(err)
	}
	set := answer.Result().Cookies()
	if len(set) != 1 {
		w.t.Fatalf("%d cookies are set: %v", len(set), set)
	}
	return set[0]
}

func (w *world) signedIn(c *http.Cookie) auth.Identity {
	w.t.Helper()
	id, ok, err := w.Identify(request(w.t, c))
	if err != nil || !ok {
		w.t.Fatalf("%t, %v", ok, err)
	}
	return id
}

func (w *world) over(cookies ...*http.Cookie) {
	w.t.Helper()
	id, ok, err := w.Identify(request(w.t, cookies...))
	if !ok || vod.CodeOf(err) != vod.Unauthenticated || id.Subject != "" {
		w.t.Fatalf("got %+v, %t, %v", id, ok, err)
	}
}

func (w *world) audited(tenant string) (list []string) {
	w.t.Helper()
	page, _, err := w.AuditList(w.t.Context(), store.AuditFilter{Tenant: tenant, Limit: 50})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range page {
		list = append(list, strings.Join([]string{string(e.Action), e.Subject, e.From}, " "))
	}
	return list
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, ok, err := w.Identify(request(t)); ok || err != nil {
		t.Errorf("without a cookie: %t, %v", ok, err)
	}
	cookie := w.begin(ann())
	if diff := cmp.Diff(ann().Identity, w.signedIn(cookie)); diff != "" {
		t.Error(diff)
	}
	answer := httptest.NewRecorder()
	ended, err := w.End(answer, request(t, cookie), "192.0.2.2")
	if err != nil || ended.Subject != ann().Subject {
		t.Fatalf("%+v, %v", ended, err)
	}
	if c := answer.Result().Cookies()[0]; c.Name != cookie.Name || c.MaxAge >= 0 || c.Value != "" {
		t.Errorf("the browser is told %s", c)
	}
	w.over(cookie) // At once, though it was just found good.
	if _, err := w.End(httptest.NewRecorder(), request(t, cookie), ""); vod.CodeOf(err) != vod.NotFound {
		t.Errorf("ended twice: %v", err)
	}
	for _, tenant := range ann().Tenants {
		if got := strings.Join(w.audited(tenant), "\n"); got != "session.end ann (https://login.example.com) 192.0.2.2\nsession.begin ann (https://login.example.com) 192.0.2.1" {
			t.Errorf("the audit log of %s:\n%s", tenant, got)
		}
	}
}

func TestCookies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.begin(ann())
	if c.Name != "__Host-orchestrate" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 12*60*60 {
		t.Errorf("https: %s", c)
	}
	w.https = false
	w.restart()
	c = w.begin(ann())
	if c.Name != "orchestrate" || c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || len(c.Value) != 43 {
		t.Errorf("http: %s", c)
	}
	for _, value := range []string{"", "x", c.Value + "A", c.Value[:42], c.Value[:42] + "\u00e9", strings.Repeat("0a", 32), strings.ToUpper(c.Value)} {
		w.over(&http.Cookie{Name: c.Name, Value: value})
	}
	w.signedIn(c)
	// One of two was put there by somebody else.
	w.over(c, &http.Cookie{Name: c.Name, Value: "x"})
	w.over(c, w.begin(ann()))
	// That of a server that is reached by https is another.
	if _, ok, err := w.Identify(request(t, &http.Cookie{Name: "__Host-orchestrate", Value: c.Value})); ok || err != nil {
		t.Errorf("%t, %v", ok, err)
	}
}

// TestEachSignInIsAnother: whoever knew the cookie that a browser had before
// knows nothing (session fixation), and the earlier session is over.
func TestEachSignInIsAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	planted := &http.Cookie{Name: "__Host-orchestrate", Value: strings.Repeat("A", 43)}
	first := w.begin(ann(), planted)
	if first.Value == planted.Value {
		t.Error("the planted cookie is taken")
	}
	w.over(planted)
	w.signedIn(first)
	second := w.begin(ann(), first)
	w.over(first)
	w.signedIn(second)
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.begin(ann())
	w.forward(12*time.Hour - time.Millisecond)
	w.signedIn(c)
	w.forward(time.Millisecond)
	w.over(c) // Also while it is remembered.
	short := ann()
	short.Expires = w.clock().Add(time.Hour)
	if c = w.begin(short); c.MaxAge != 60*60 {
		t.Errorf("the cookie is for %d s", c.MaxAge)
	}
	w.forward(time.Hour)
	w.over(c)
	for name, g := range map[string]auth.Grant{"ended": {Identity: ann().Identity, Expires: w.clock()}, "no permission": {Identity: auth.Identity{Subject: "x", Key: "k", Tenants: []string{"acme"}}}, "nobody": {}} {
		answer := httptest.NewRecorder()
		if err := w.Begin(answer, request(t), g, ""); vod.CodeOf(err) == "" || len(answer.Result().Cookies()) > 0 {
			t.Errorf("%s: %v %v", name, err, answer.Result().Cookies())
		}
	}
}

// TestMintedTokens take their sessions with them.
func TestMintedTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _, err := auth.Mint(vod.Token{Tenants: []string{"acme"}, Role: vod.Viewer}, w.clock())
	if err == nil {
		err = w.TokenCreate(t.Context(), token, vod.AuditEntry{})
	}
	if err != nil {
		t.Fatal(err)
	}
	g := ann()
	g.TokenID = token.ID
	c := w.begin(g)
	w.signedIn(c)
	if _, err := w.TokenRevoke(t.Context(), token.ID, w.clock(), vod.AuditEntry{}); err != nil {
		t.Fatal(err)
	}
	w.forward(5 * time.Second)
	w.over(c)
}

// TestOtherRules: what one configuration granted is not granted by another. A
// minted token has its role by itself.
func TestOtherRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _, err := auth.Mint(vod.Token{Tenants: []string{"acme"}, Role: vod.Viewer}, w.clock())
	if err == nil {
		err = w.TokenCreate(t.Context(), token, vod.AuditEntry{})
	}
	if err != nil {
		t.Fatal(err)
	}
	minted := ann()
	minted.TokenID = token.ID
	byIssuer, byToken := w.begin(ann()), w.begin(minted)
	w.restart()
	w.signedIn(byIssuer)
	w.role = map[string]vod.Role{"editors": vod.Operator}
	w.restart()
	w.over(byIssuer)
	w.signedIn(byToken)
}

func TestOneLookForManyRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.begin(ann())
	w.reads.Store(0)
	for range 100 {
		w.signedIn(c)
	}
	if n := w.reads.Load(); n != 1 {
		t.Errorf("%d looks", n)
	}
	w.down = errors.New("disk 10.1.2.3 is gone")
	w.signedIn(c)
	w.forward(5 * time.Second)
	_, ok, err := w.Identify(request(t, c))
	if !ok || vod.CodeOf(err) != vod.Unavailable {
		t.Errorf("%t, %v", ok, err)
	}
	var fault *vod.Fault
	if !errors.As(err, &fault) || strings.Contains(fault.Message, "10.1.2.3") {
		t.Errorf("the answer tells the cause: %v", fault)
	}
}

// TestSignOutWhileAskedFor: a look that was under way when the session ended
// does not bring it back.
func TestSignOutWhileAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 50 {
		c := w.begin(ann())
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() { _, _, _ = w.Identify(request(t, c)) })
		}
		if _, err := w.End(httptest.NewRecorder(), request(t, c), ""); err != nil {
			t.Error(err)
		}
		group.Wait()
		w.over(c)
	}
}
