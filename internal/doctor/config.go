package doctor

import (
	"fmt"
	"os"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/config"
)

// Config tells what can be told from the configuration alone.
func Config(c config.Config) (all []Finding) {
	for _, warning := range c.Warnings() {
		key, text, _ := strings.Cut(warning, ": ")
		all = append(all, Finding{key, Warning, text, ""})
	}
	for _, secret := range []struct{ key, file string }{
		{"db-password-file", c.DBPasswordFile}, {"temporal-api-key-file", c.Temporal.APIKeyFile}, {"temporal-key-file", c.Temporal.KeyFile},
	} {
		if secret.file != "" {
			all = append(all, checkSecret(secret.key, secret.file))
		}
	}
	if c.ClientID != "" {
		all = append(all, checkBrowserSignIn(c))
	}
	return all
}

// checkSecret sees that a file with a secret can be read, and by nobody else.
func checkSecret(key, file string) Finding {
	stat, err := os.Stat(file)
	if err == nil {
		var f *os.File
		if f, err = os.Open(file); err == nil {
			_ = f.Close() // Nothing was written.
		}
	}
	switch {
	case err != nil:
		return failed(key, err, "give the file to the user that runs this, or name another one with --"+key)
	case stat.Mode().Perm()&0o007 != 0:
		return Finding{key, Warning, file + " can be used by every user of this machine", "chmod o= " + file}
	}
	return Finding{key, OK, file + " can be read", ""}
}

// checkBrowserSignIn tells what the issuer has to know, which cannot be asked.
func checkBrowserSignIn(c config.Config) Finding {
	const name = "browser sign-in"
	if c.ClientSecretFile != "" {
		f, err := os.Open(c.ClientSecretFile)
		if err != nil {
			return Finding{name, Problem, "oidc-client-secret-file: " + err.Error(), ""}
		}
		_ = f.Close() // Nothing was written.
	}
	detail := fmt.Sprintf("%s must know, for the client %s, the redirect address %s", c.Issuers[0], c.ClientID, config.Callback(c.PublicURL))
	if c.PublicURL == "" {
		return Finding{name, Warning, "set public-url: the issuer sends people back to an address below it", ""}
	}
	return Finding{name, OK, detail, ""}
}
