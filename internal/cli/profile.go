package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/via-orchestrate/orchestrate/client"
)

type profileCmd struct {
	List     profileListCmd     `cmd:"" help:"List profiles."`
	Get      profileGetCmd      `cmd:"" help:"Print the document of a profile."`
	Apply    profileApplyCmd    `cmd:"" help:"Apply a document as the newest version."`
	Validate profileValidateCmd `cmd:"" help:"Check a document, and change nothing."`
	Versions profileVersionsCmd `cmd:"" help:"List the versions of a profile, newest first."`
}

type profileListCmd struct{ remote }

func (c *profileListCmd) Run(ctx context.Context, sh *shell) error {
	return c.table(sh, func(s *session) (*client.ProfileList, error) { return s.Profiles(ctx) })
}

type profileVersionsCmd struct {
	remote
	Name string `arg:"" help:"The profile."`
}

func (c *profileVersionsCmd) Run(ctx context.Context, sh *shell) error {
	return c.table(sh, func(s *session) (*client.ProfileList, error) {
		list, err := s.ProfileVersions(ctx, c.Name)
		return list, noProfile(err)
	})
}

func (r remote) table(sh *shell, ask func(*session) (*client.ProfileList, error)) error {
	s, err := r.connect()
	if err != nil {
		return err
	}
	list, err := ask(s)
	switch {
	case err != nil:
		return err
	case r.json():
		return s.tape.print(sh.out)
	}
	rows := [][]string{{"PROFILE", "VERSION", "APPLIED"}}
	for _, p := range list.Items {
		rows = append(rows, []string{p.Name, strconv.FormatInt(p.VersionID, 10), local(time.UnixMilli(p.VersionID))})
	}
	return table(sh.out, rows)
}

type profileGetCmd struct {
	remote
	Name      string `arg:"" help:"The profile."`
	VersionID int64  `name:"version-id" placeholder:"ID" help:"The version. Default: the newest."`
}

func (c *profileGetCmd) Run(ctx context.Context, sh *shell) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	p, err := s.Profile(ctx, c.Name, c.VersionID)
	switch {
	case err != nil:
		return noProfile(err)
	case c.json():
		return s.tape.print(sh.out)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, p.Document, "", "  "); err != nil {
		return err
	}
	_, err = fmt.Fprintln(sh.out, out.String())
	return err
}

// noProfile adds what to do to the error of a profile that is not there.
func noProfile(err error) error {
	return explain(err, http.StatusNotFound, "orchestrate profile list")
}

// documentFlags name a profile document.
type documentFlags struct {
	remote
	Name string `arg:"" optional:"" help:"Name of the profile. Default: the name in the document."`
	File string `short:"f" required:"" placeholder:"FILE" help:"The document, YAML or JSON; - for standard input."`
}

type profileApplyCmd struct{ documentFlags }

func (c *profileApplyCmd) Run(ctx context.Context, sh *shell) error {
	return c.put(sh, "apply", func(s *session, name string, document []byte) (*client.ProfileApplied, error) {
		return s.ApplyProfile(ctx, name, document)
	})
}

type profileValidateCmd struct{ documentFlags }

func (c *profileValidateCmd) Run(ctx context.Context, sh *shell) error {
	return c.put(sh, "validate", func(s *session, name string, document []byte) (*client.ProfileApplied, error) {
		return s.ValidateProfile(ctx, name, document)
	})
}

// put reads the document, sends it, and says what became of it. verb is the
// command that it serves.
func (c *documentFlags) put(sh *shell, verb string, send func(*session, string, []byte) (*client.ProfileApplied, error)) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	document, err := sh.read(c.File)
	if err != nil {
		return err
	}
	name, err := c.name(document, verb)
	if err != nil {
		return err
	}
	applied, err := send(s, name, document)
	switch {
	case err != nil:
		return explain(err, http.StatusUnprocessableEntity, c.mend(err))
	case c.json():
		return s.tape.print(sh.out)
	}
	switch applied.Outcome {
	case client.ProfileAppliedOutcomeValid:
		_, err = fmt.Fprintf(sh.out, "The profile %s is valid.\n", oneLine(applied.Name))
	case client.ProfileAppliedOutcomeUnchanged:
		_, err = fmt.Fprintf(sh.out, "The profile %s is unchanged, version %d.\n", oneLine(applied.Name), *applied.VersionID)
	default:
		_, err = fmt.Fprintf(sh.out, "The profile %s has the new version %d.\n", oneLine(applied.Name), *applied.VersionID)
	}
	return err
}

// read reads a file, or standard input for "-".
func (sh *shell) read(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(sh.in)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, &usageError{err.Error(), "check the path."}
	}
	return data, nil
}

// name is the name to apply the document under: the one given, else the one
// that the document gives itself. What else is wrong with the document is the
// server's to say.
func (c *documentFlags) name(document []byte, verb string) (string, error) {
	if c.Name != "" {
		return c.Name, nil
	}
	var d struct {
		Name string `yaml:"name"`
	}
	var typed *yaml.TypeError
	if err := yaml.Unmarshal(document, &d); err != nil && !errors.As(err, &typed) {
		return "", &usageError{c.File + " is not YAML: " + strings.TrimPrefix(err.Error(), "yaml: "), "mend the document."}
	}
	if d.Name == "" {
		return "", &usageError{c.File + " does not name its profile", "orchestrate profile " + verb + " NAME -f " + c.File}
	}
	return d.Name, nil
}

// mend says what to do about a document that the server refused.
func (c *documentFlags) mend(err error) string {
	if strings.Contains(err.Error(), "a location is not in order") {
		// The document is in order; the server knows no such location.
		return "mend `locations` in the server's configuration, or name another location in the document."
	}
	command := "orchestrate profile validate "
	if c.Name != "" {
		command += c.Name + " "
	}
	return "mend the document, and check it with `" + command + "-f " + c.File + "`."
}
