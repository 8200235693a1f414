package signin

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"
)

// login is a sign-in that has been sent to the provider and is not back yet. It
// stands in a cookie of its own: whoever comes back must be who was sent, and
// the server keeps nothing for people who never come back.
//
// The cookie is not signed. By its prefix __Host- only this server can have set
// it, and what its own user might write into it, they could as well ask for.
type login struct {
	State    string // tells this sign-in apart (RFC 6749 section 10.12)
	Nonce    string // binds the ID token to it (OpenID Connect Core 1.0 section 3.1.2.1)
	Verifier string // binds the code to it (RFC 7636)
	To       string // the page that was asked for
}

// loginAge is how long a person may take at the provider.
const loginAge = 10 * time.Minute

func (p *pages) loginCookie(value string, age time.Duration) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // Secure wherever the server is reached by https.
		Name: "orchestrate-login", Value: value, Path: "/", MaxAge: int(age.Seconds()),
		Secure: p.config.HTTPS, HttpOnly: true, SameSite: http.SameSiteLaxMode, // Lax: the way back begins at the provider.
	}
	if p.config.HTTPS {
		c.Name = "__Host-" + c.Name
	}
	return c
}

// keep has the browser remember the sign-in.
func (p *pages) keep(w http.ResponseWriter, l login) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	http.SetCookie(w, p.loginCookie(base64.RawURLEncoding.EncodeToString(text), loginAge))
	return nil
}

// take gives the sign-in that the browser remembers, and makes it forget: it is
// good for one answer. ok is false if the state is that of another one.
func (p *pages) take(w http.ResponseWriter, r *http.Request, state string) (l login, ok bool) {
	forgotten := p.loginCookie("", -time.Second)
	given := r.CookiesNamed(forgotten.Name)
	http.SetCookie(w, forgotten)
	if len(given) != 1 {
		return login{}, false
	}
	text, err := base64.RawURLEncoding.DecodeString(given[0].Value)
	if err != nil || json.Unmarshal(text, &l) != nil || l.State == "" || l.Nonce == "" || l.Verifier == "" {
		return login{}, false
	}
	return l, subtle.ConstantTimeCompare([]byte(l.State), []byte(state)) == 1
}
