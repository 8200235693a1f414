package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/upload"
)

// serverPatience is how long doctor waits for a server.
const serverPatience = 3 * time.Second

type doctorCmd struct {
	config.Config `embed:"" group:"Configuration, as of orchestrate serve:"`
	remote
}

// finding is the result of one check.
type finding struct {
	name   string
	state  string // ok, warning or missing
	detail string
}

// Run checks what a server needs. What only degrades it is a warning; what it
// cannot do without makes the command fail.
func (c *doctorCmd) Run(ctx context.Context, sh *shell) error {
	if err := sh.source.Finish(&c.Config); err != nil {
		return err
	}
	findings := checkPrograms(ctx, c.Config)
	for _, dir := range []struct{ name, path string }{{"data folder", c.Data}, {"media folder", c.MediaRoot}} {
		findings = append(findings, checkWritable(dir.name, dir.path), checkSpace(dir.name, dir.path, c.MinFree))
	}
	if c.ClientID != "" {
		findings = append(findings, checkBrowserSignIn(c.Config))
	}
	findings = append(findings, c.checkServer(ctx))
	rows, missing := [][]string{{"CHECK", "RESULT", "DETAIL"}}, 0
	for _, f := range findings {
		rows = append(rows, []string{f.name, f.state, f.detail})
		if f.state == "missing" {
			missing++
		}
	}
	if err := table(sh.out, rows); err != nil {
		return err
	}
	if missing > 0 {
		return &hinted{fmt.Errorf("%d of %d checks failed", missing, len(findings)), "mend what is marked missing; on Debian and Ubuntu: apt-get install ffmpeg"}
	}
	return nil
}

// existing is the nearest folder above path that exists, path itself included.
func existing(path string) string {
	for {
		if _, err := os.Stat(path); err == nil || path == filepath.Dir(path) {
			return path
		}
		path = filepath.Dir(path)
	}
}

// checkWritable tries to write where the folder is, or would be made.
func checkWritable(name, path string) finding {
	dir := existing(path)
	f, err := os.CreateTemp(dir, ".orchestrate-doctor-")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	switch {
	case err != nil:
		return finding{name, "missing", fmt.Sprintf("cannot write to %s: %v", dir, err)}
	case dir != path:
		return finding{name, "ok", path + " will be made"}
	}
	return finding{name, "ok", path + " can be written"}
}

func checkSpace(name, path string, minFree config.Bytes) finding {
	free, err := upload.FreeSpace(existing(path))
	name += " space"
	switch {
	case err != nil:
		return finding{name, "missing", err.Error()}
	case free < int64(minFree):
		return finding{name, "missing", fmt.Sprintf("%s free, less than the %s of min-free: new work would wait", config.Bytes(free), minFree)}
	}
	return finding{name, "ok", fmt.Sprintf("%s free, min-free is %s", config.Bytes(free), minFree)}
}

// checkBrowserSignIn tells what the issuer has to know, which cannot be asked.
func checkBrowserSignIn(c config.Config) finding {
	const name = "browser sign-in"
	if c.ClientSecretFile != "" {
		f, err := os.Open(c.ClientSecretFile)
		if err != nil {
			return finding{name, "missing", "oidc-client-secret-file: " + err.Error()}
		}
		_ = f.Close() // Nothing was written.
	}
	detail := fmt.Sprintf("%s must know, for the client %s, the redirect address %s", c.Issuers[0], c.ClientID, config.Callback(c.PublicURL))
	if c.PublicURL == "" {
		return finding{name, "warning", "set public-url: the issuer sends people back to an address below it"}
	}
	return finding{name, "ok", detail}
}

// checkServer asks a server whether it is ready. That none runs is a warning
// only: doctor is often the first command.
func (c *doctorCmd) checkServer(ctx context.Context) finding {
	s, err := c.connect()
	if err != nil {
		return finding{"server", "missing", err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, serverPatience)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		return finding{"server", "warning", strings.ReplaceAll(message(err), "\n", " ")}
	}
	return finding{"server", "ok", c.Server + " is ready"}
}
