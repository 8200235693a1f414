package page

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// originForm keeps a host from adding directives of its own to the policy.
var originForm = regexp.MustCompile(`^https?://[A-Za-z0-9.\-]+(:[0-9]+)?$|^https?://\[[0-9a-fA-F:.]+\](:[0-9]+)?$`)

// Policy is the Content-Security-Policy of pages: this server alone, and for
// pictures also the origins of the addresses. Frames show players, which are
// pages of this server.
func Policy(media []string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; img-src " + Origins("'self'", media)
}

// Origins adds the origins of the addresses to a source list of a policy.
func Origins(list string, addresses []string) string {
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		origin := u.Scheme + "://" + u.Host
		if originForm.MatchString(origin) && !slices.Contains(strings.Fields(list), origin) {
			list += " " + origin
		}
	}
	return list
}
