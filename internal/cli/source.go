package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

// showEvery is how often the progress of an upload is shown at most.
const showEvery = 100 * time.Millisecond

var (
	schemePattern = regexp.MustCompile(`(?i)^(https?|file|upload|s3):`)
	otherScheme   = regexp.MustCompile(`(?i)^([a-z][a-z0-9+.-]*)://`) // RFC 3986, section 3.1
)

// address is the URI under which the server reads the source: a URL as it
// stands, a path as file: where the server confirms that it reads the same
// file, and else the address of an upload.
func (c *submitCmd) address(ctx context.Context, sh *shell, s *session, source string) (string, error) {
	if schemePattern.MatchString(source) {
		return source, nil
	}
	if m := otherScheme.FindStringSubmatch(source); m != nil {
		return "", &usageError{"sources of the scheme " + m[1] + " are not supported", "give a URL of http, https or file, or a path."}
	}
	path, err := filepath.Abs(source)
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", &usageError{fmt.Sprintf("cannot read %s: %v", source, errors.Unwrap(err)), "check the path, or give a URL."}
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !stat.Mode().IsRegular() {
		return "", &usageError{source + " is not a file", "name a single file, or give a URL."}
	}
	there := (&url.URL{Scheme: "file", Path: path}).String()
	if c.DryRun {
		return there, nil // A plan does not depend on where the file is read.
	}
	same, err := sameFile(ctx, s, path, stat)
	switch {
	case err != nil:
		return "", err
	case same:
		return there, nil
	}
	return c.upload(ctx, sh, s, f, stat)
}

// sameFile asks whether the server reads the same file under the same path. A
// server that will not say does not.
func sameFile(ctx context.Context, s *session, path string, stat os.FileInfo) (bool, error) {
	sys, ok := stat.Sys().(*syscall.Stat_t)
	if !ok {
		return false, nil
	}
	same, err := s.SameFile(ctx, client.FileCheck{
		Path: path, Size: stat.Size(), Inode: sys.Ino, Dev: uint64(sys.Dev), //nolint:unconvert // 32 bits on other systems.
		MTime: client.Timestamp{Time: stat.ModTime()},
	})
	var refused *client.Problem
	if errors.As(err, &refused) && refused.Status < 500 && refused.Status != 401 {
		return false, nil
	}
	return same, err
}

// upload sends the file and tells how far it is, on stderr when stdout is for
// the answer.
func (c *submitCmd) upload(ctx context.Context, sh *shell, s *session, f *os.File, stat os.FileInfo) (string, error) {
	name := stat.Name()
	screen := sh.screen(c.remote)
	began, shown := time.Now(), time.Time{}
	return s.Upload(ctx, name, f, stat.Size(), func(sent int64) {
		// The client tells of every few kilobytes.
		if sent < stat.Size() && time.Since(shown) < showEvery {
			return
		}
		shown = time.Now()
		screen.show(uploadFrame(name, sent, stat.Size(), shown.Sub(began)))
	})
}

// uploadFrame is what an upload looks like.
func uploadFrame(name string, sent, size int64, took time.Duration) frame {
	r := row{label: "UPLOAD " + oneLine(name), state: "running", elapsed: took, percent: 100}
	if size > 0 {
		r.percent = int(100 * sent / size)
	}
	if sent == size {
		r.state = "done"
	}
	return frame{rows: []row{r}}
}
