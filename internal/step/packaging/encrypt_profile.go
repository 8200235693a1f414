package packaging

import (
	"net/url"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/keys"
)

// check refuses an encryption that cannot be carried out, or that no player
// could get the key of. A nil one is fine.
func (e *Encryption) check() error {
	if e == nil {
		return nil
	}
	if !slices.Contains([]string{SchemeAES128, SchemeSampleAES, SchemeCENC, SchemeCBCS}, e.Scheme) {
		return configError("encryption has scheme %q; %s, %s, %s and %s are possible.", e.Scheme, SchemeAES128, SchemeSampleAES, SchemeCENC, SchemeCBCS)
	}
	if (e.KeyFile == "") == (e.KeyServer == nil) {
		return configError("encryption needs keyFile or keyServer, one of the two.")
	}
	var systems []string
	if e.KeyServer != nil {
		systems = e.KeyServer.Systems
	}
	for _, s := range systems {
		if keys.SystemID(s) == "" {
			return configError("encryption.keyServer.systems has %q; %s, %s and %s are possible.", s, keys.Widevine, keys.PlayReady, keys.FairPlay)
		}
	}
	switch {
	case e.KeyURI == "" && len(systems) == 0:
		return configError("encryption has neither keyUri nor the systems of a key server: no player could get the key.")
	case e.Scheme == SchemeAES128 && e.KeyURI == "":
		return configError("encryption with AES-128 needs keyUri; DRM systems do not know that scheme.")
	case e.Scheme == SchemeAES128 && len(systems) > 0:
		return configError("encryption with AES-128 has systems; DRM systems do not know that scheme.")
	}
	return checkKeyURI(e.KeyURI)
}

// checkKeyURI takes addresses that can stand in a playlist as they are.
func checkKeyURI(uri string) error {
	if uri == "" {
		return nil
	}
	filled := strings.ReplaceAll(uri, "{kid}", "0")
	u, err := url.Parse(filled)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil ||
		strings.ContainsAny(filled, "\"\\{}<> \t\r\n") {
		return configError("encryption.keyUri is not an absolute http or https address without user name.")
	}
	return nil
}
