package app

import (
	"fmt"
	"os"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/config"
)

// maxSecret is how long a secret may be, in bytes.
const maxSecret = 4 << 10

// readSecret reads the file that a key of the configuration names, which holds a
// secret and perhaps the end of a line. "" has none. No error tells what is in it.
func readSecret(key, file string) (config.Secret, error) {
	if file == "" {
		return "", nil
	}
	problem := func(what string) error {
		return &config.Error{Problems: []string{fmt.Sprintf("%s: %s: %s", key, file, what)}}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", &config.Error{Problems: []string{key + ": " + err.Error()}}
	}
	secret := strings.TrimRight(string(text), "\r\n")
	switch {
	case secret == "" || len(secret) > maxSecret:
		return "", problem(fmt.Sprintf("must hold a secret of 1 to %d bytes", maxSecret))
	case strings.ContainsAny(secret, "\r\n\x00"):
		return "", problem("must hold one line")
	}
	return config.Secret(secret), nil
}
