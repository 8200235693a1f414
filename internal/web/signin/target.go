package signin

import (
	"net/url"
	"path"
	"strings"
	"unicode"
)

const (
	home      = "/ui/"
	open      = "/ui/_/" // needs nobody to be signed in
	maxTarget = 1024     // bytes; it stands in a cookie
)

// target is the page to go to after signing in: to, if that is an address of a
// page of this server, else the first page. Whoever can make a person follow a
// link must not be able to have them sent to another site.
func target(to string) string {
	if len(to) > maxTarget || strings.ContainsFunc(to, strange) {
		return home
	}
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return home
	}
	if clean := path.Clean(u.Path); clean != u.Path && clean+"/" != u.Path || strings.ContainsFunc(u.Path, strange) {
		return home
	}
	if !strings.HasPrefix(u.Path, home) && !strings.HasPrefix(u.Path, "/play/") || strings.HasPrefix(u.Path, open) {
		return home
	}
	return u.RequestURI()
}

// strange runes are taken for others by some browsers.
func strange(r rune) bool { return r == '\\' || unicode.IsControl(r) || r == unicode.ReplacementChar }
