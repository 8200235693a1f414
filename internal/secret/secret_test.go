package secret_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/secret"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestResolve(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "acme", "webhook"), "from file\n")
	write(t, filepath.Join(dir, "acme", "sub", "key"), "deeper")
	write(t, filepath.Join(dir, "acme", "empty"), "\n")
	write(t, filepath.Join(dir, "acme", "big"), strings.Repeat("x", 65<<10))
	write(t, filepath.Join(dir, "other", "key"), "other's")
	for name, target := range map[string]string{"link": "../other/key", "absolute": "/etc/passwd"} {
		if err := os.Symlink(target, filepath.Join(dir, "acme", name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "acme", "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"ORCHESTRATE_SECRET_ACME_KEY": "from env", "ORCHESTRATE_SECRET_ACME_EU_KEY": "ambiguous", "PATH": "/bin",
		"ORCHESTRATE_SECRET_OTHER_KEY": "other's", "ORCHESTRATE_SECRET_ACME_": "no name",
	}
	r := secret.New(dir, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	for _, c := range []struct{ tenant, reference, want, fault string }{
		{"acme", "file:webhook", "from file", ""},
		{"acme", "file:sub/key", "deeper", ""},
		{"acme", "env:ORCHESTRATE_SECRET_ACME_KEY", "from env", ""},
		{"acme_eu", "env:ORCHESTRATE_SECRET_ACME_EU_KEY", "", "other characters"},
		{"ACME", "env:ORCHESTRATE_SECRET_ACME_KEY", "", "other characters"},
		{"acme", "env:ORCHESTRATE_SECRET_OTHER_KEY", "", "begin with ORCHESTRATE_SECRET_ACME_"},
		{"acme", "env:ORCHESTRATE_SECRET_ACME_", "", "begin with"},
		{"acme", "env:PATH", "", "begin with"},
		{"acme", "env:ORCHESTRATE_SECRET_ACME_NONE", "", "no variable"},
		{"acme", "file:none", "", "cannot be read"},
		{"acme", "file:link", "", "cannot be read"},
		{"acme", "file:absolute", "", "cannot be read"},
		{"acme", "file:pipe", "", "cannot be read"},
		{"acme", "file:sub", "", "cannot be read"},
		{"acme", "file:big", "", "cannot be read"},
		{"acme", "file:empty", "", "is empty"},
		{"acme", "file:../other/key", "", "name of a file"},
		{"acme", "file:/etc/passwd", "", "name of a file"},
		{"acme", "file:", "", "name of a file"},
		{"..", "file:acme/webhook", "", "no secrets folder"},
		{"nobody", "file:webhook", "", "no secrets folder"},
		{"acme", "ssm:/acme/key", "", "not supported yet"},
		{"acme", "hunter2", "", "not as itself"},
		{"acme", "whsec_hunter2:x", "", "not as itself"},
		{"acme", "", "", "not as itself"},
	} {
		got, err := r.Resolve(c.tenant, c.reference)
		if c.fault == "" && (err != nil || string(got) != c.want) {
			t.Errorf("%s %s: %q, %v", c.tenant, c.reference, got, err)
		}
		if c.fault == "" {
			continue
		}
		se := vod.AsStepError(err)
		if err == nil || se.Class != vod.ClassConfig || !strings.Contains(se.Message, c.fault) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s %s: %q, %v", c.tenant, c.reference, got, err)
		}
	}
	if _, err := secret.New("", os.LookupEnv).Resolve("acme", "file:webhook"); err == nil {
		t.Error("no folder, but a file")
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
