package signin

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// How often one origin may try: a few tokens a minute are plenty for a person,
// and whole offices come from one address when they sign in at their provider.
const (
	tokensPerMinute = 10
	flowsPerMinute  = 60
	maxForm         = 32 << 10 // bytes; a token has 16 KiB at most
)

// Config is what the pages are made of. All is required but Provider.
type Config struct {
	Sessions Sessions
	Auth     Authenticator
	Provider *Provider // nil: people sign in with tokens only
	HTTPS    bool      // browsers reach the server by https only
	// From is the address that a request came from.
	From func(ctx context.Context) string
	Now  func() time.Time
	Log  *slog.Logger
}

// Sessions begins, finds and ends sessions; see package session.
type Sessions interface {
	Begin(w http.ResponseWriter, r *http.Request, g auth.Grant, from string) error
	End(w http.ResponseWriter, r *http.Request, from string) (vod.Session, error)
	Identify(r *http.Request) (id auth.Identity, ok bool, err error)
}

// Authenticator tells who tokens stand for; see [auth.Authenticator].
type Authenticator interface {
	Grant(ctx context.Context, bearer string) (auth.Grant, error)
	OfIDToken(issuer, client string, claims map[string]any) (auth.Grant, error)
}

type pages struct {
	config   Config
	provider *provider // nil: there is none
	tokens   *attempts // with tokens
	flows    *attempts // by way of the provider
	show     Show
}

// Show writes the sign-in page.
type Show func(w http.ResponseWriter, r *http.Request, status int, v View) error

// Handler answers a request; its error is to be shown as a page.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Templates has the content of the page, for a [View].
//
//go:embed templates
var Templates embed.FS

// Handlers are those of the pages, by [http.ServeMux] pattern. Without sign-in
// (nil) there is nothing to do there, and they lead on.
func Handlers(c *Config, show Show) map[string]Handler {
	if c == nil {
		onward := func(w http.ResponseWriter, r *http.Request) error {
			http.Redirect(w, r, target(r.URL.Query().Get("to")), http.StatusSeeOther) //nolint:gosec // A page of this server: see target.
			return nil
		}
		return map[string]Handler{"GET " + open + "sign-in": onward, "POST " + open + "sign-out": onward}
	}
	p := &pages{config: *c, show: show, tokens: newAttempts(tokensPerMinute), flows: newAttempts(flowsPerMinute)}
	if c.Provider != nil {
		p.provider = newProvider(*c.Provider, c.Now)
	}
	return map[string]Handler{
		"GET " + open + "sign-in": p.page, "POST " + open + "sign-in": p.token, "GET " + open + "sign-in/start": p.start,
		"GET " + open + "callback": p.callback, "POST " + open + "sign-out": p.signOut,
	}
}

// View is what the sign-in page shows.
type View struct {
	To       string  // where to go then
	Provider string  // host of the provider; empty: there is none
	Start    string  // address that leads to the provider
	Problem  Problem // empty: there is none
	Detail   string  // of the problem, in the words of the API; may be empty
	// Reference finds the problem's cause in the log.
	Reference string
	Subject   string // who is signed in already; empty: nobody
	// SignedOut says that a session has just ended here; EndSession is where the
	// one at the provider can be ended, too, or empty.
	SignedOut  bool
	EndSession string
}

func (p *pages) view(to string) View {
	v := View{To: to}
	if p.provider != nil {
		v.Provider, v.Start = p.provider.host(), open+"sign-in/start?to="+url.QueryEscape(to)
	}
	return v
}

// page is the sign-in page. It sends nobody away who is signed in already: they
// may have come to sign in as another.
func (p *pages) page(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	v := p.view(target(query.Get("to")))
	if id, ok, err := p.config.Sessions.Identify(r); ok && err == nil {
		v.Subject = id.Subject
	}
	if v.SignedOut = query.Has("out"); v.SignedOut && query.Get("out") == byProvider {
		v.EndSession = p.endSession(r.Context())
	}
	return p.show(w, r, http.StatusOK, v)
}

// token signs in with a token that a person has, minted or by an issuer.
func (p *pages) token(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return vod.Faultf(vod.Invalid, "The form cannot be read.")
	}
	to := target(r.PostForm.Get("to"))
	if !p.tokens.allow(p.config.From(r.Context()), p.config.Now()) {
		return p.refuse(w, r, tooMany, to, nil)
	}
	grant, err := p.config.Auth.Grant(r.Context(), strings.TrimSpace(r.PostForm.Get("token")))
	var fault *vod.Fault
	switch {
	case errors.As(err, &fault) && fault.Code == vod.Unauthenticated:
		return p.refuse(w, r, badToken, to, fault)
	case errors.As(err, &fault) && fault.Code == vod.Forbidden:
		return p.refuse(w, r, noTenant, to, err)
	case errors.As(err, &fault) && fault.Code == vod.Unavailable:
		return p.refuse(w, r, unreachable, to, err)
	case err != nil:
		return err
	}
	return p.enter(w, r, grant, to)
}

// byProvider marks the page after signing out of a session that the provider
// vouched for.
const byProvider = "provider"

// signOut ends the session. The one at the provider goes on: a form must not
// lead to another site (form-action), so the next page has a link to it.
func (p *pages) signOut(w http.ResponseWriter, r *http.Request) error {
	s, err := p.config.Sessions.End(w, r, p.config.From(r.Context()))
	if err != nil && vod.CodeOf(err) != vod.NotFound { // Whoever is signed out already is content.
		return err
	}
	address := open + "sign-in?out"
	if s.Subject != "" && s.TokenID == "" {
		address += "=" + byProvider
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// endSession is where people sign out at the provider (OpenID Connect
// RP-Initiated Logout 1.0 section 2), or "". No ID token is kept to hint with, and
// no way back asked for, which would have to be registered.
func (p *pages) endSession(ctx context.Context) string {
	if p.provider == nil {
		return ""
	}
	found, err := p.provider.look(ctx)
	if err != nil || found.endSession == "" {
		return ""
	}
	u, err := url.Parse(found.endSession)
	if err != nil {
		return ""
	}
	query := u.Query()
	query.Set("client_id", p.provider.ClientID)
	u.RawQuery = query.Encode()
	return u.String()
}
