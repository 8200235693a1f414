package session

import "net/http"

// value is what the request's cookie holds. Two of a name are none: one of them
// may have been put there by somebody else, and it is not known which.
func (m *Manager) value(r *http.Request) (value string, given bool) {
	cookies := r.CookiesNamed(m.cookie)
	if len(cookies) != 1 {
		return "", len(cookies) > 1
	}
	return cookies[0].Value, true
}

// set gives the browser the value for so many seconds; negative: it forgets it.
// By plain http, which is for loopback addresses, browsers take no Secure cookie.
func (m *Manager) set(w http.ResponseWriter, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever the server is reached by https.
		Name: m.cookie, Value: value, Path: "/", MaxAge: seconds,
		Secure: m.config.HTTPS, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
