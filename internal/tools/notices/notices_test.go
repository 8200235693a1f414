package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestModulesOfThisCommand(t *testing.T) {
	t.Parallel()
	parts, err := modules(t.Context(), "github.com/via-orchestrate/orchestrate/internal/profile")
	if err != nil {
		t.Fatal(err)
	}
	text := render(parts)
	for _, want := range []string{"The Go standard library\n", "github.com/santhosh-tekuri/jsonschema/v6 v6", "go.yaml.in/yaml/v3 v3", "Apache License"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(text, "pgregory.net/rapid") {
		t.Error("a module that only tests use is listed")
	}
}

func TestVendoredScripts(t *testing.T) {
	t.Parallel()
	if parts, err := vendoredScripts(filepath.Join(t.TempDir(), "none")); err != nil || parts != nil {
		t.Errorf("without a folder: %v, %v", parts, err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "player.min.js"), "x")
	write(t, filepath.Join(dir, "player.LICENSE.txt"), "Licence text\r\n")
	write(t, filepath.Join(dir, "README.md"), "| file | package | version | licence |\n|---|---|---|---|\n"+
		"| `player.min.js` | `player`, file `dist/player.min.js` | 1.7.4 | MIT, `player.LICENSE.txt` |\n")
	parts, err := vendoredScripts(dir)
	if err != nil || len(parts) != 1 || parts[0].name != "player 1.7.4 (script)" || parts[0].texts[0] != "Licence text" {
		t.Errorf("got %q, %v", parts, err)
	}
	write(t, filepath.Join(dir, "other.js"), "x")
	if _, err := vendoredScripts(dir); err == nil || !strings.Contains(err.Error(), "other.js has no row in") {
		t.Errorf("a script that is not named: %v", err)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
