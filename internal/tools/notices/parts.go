package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// part is a piece of software with the texts that must go with it.
type part struct {
	name  string
	texts []string
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|copyright)([-._].*)?$`)

// modules gives the standard library and, in the order of their paths, the
// modules that packages of the command come from.
func modules(ctx context.Context, command string) ([]part, error) {
	root, err := goCommand(ctx, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	texts, err := licences(strings.TrimSpace(root))
	if err != nil {
		return nil, err
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("no licence of Go in %s", strings.TrimSpace(root))
	}
	parts := []part{{"The Go standard library", texts}}

	lines, err := goCommand(ctx, "list", "-deps", "-f",
		"{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", command)
	if err != nil {
		return nil, err
	}
	found := strings.Split(lines, "\n")
	slices.Sort(found)
	for _, line := range slices.Compact(found) {
		name, dir, ok := strings.Cut(line, "\t")
		if !ok {
			continue
		}
		texts, err := licences(dir)
		if err != nil {
			return nil, err
		}
		if note := unlicensed(name); len(texts) == 0 && note != "" {
			texts = []string{note}
		}
		if len(texts) == 0 {
			return nil, fmt.Errorf("module %s has no licence file", name)
		}
		parts = append(parts, part{name, texts})
	}
	return parts, nil
}

// unlicensed says why a module is used that has no licence file, empty if it is
// not known. It names a version: a later one is to be looked at again.
func unlicensed(module string) string {
	if module == "github.com/nexus-rpc/nexus-proto-annotations v0.1.0" {
		return "This module comes without a licence text. Its one Go file is generated from the\n" +
			"options that service definitions of go.temporal.io/api (MIT) are annotated with,\n" +
			"by the makers of github.com/nexus-rpc/sdk-go (MIT)."
	}
	return ""
}

func goCommand(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out), nil
}

// vendoredRow is a row of the table in the README of the vendored scripts:
// file, package, version and licence file.
var vendoredRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| `([^`]+)`.* \\| ([0-9][^ |]*) \\| [^|]*`([^`]+)`[^|]*\\|$")

// vendoredScripts gives a part for each row of dir/README.md, in their order. A
// script without a row is an error. Without dir there is none.
func vendoredScripts(dir string) ([]part, error) {
	scripts, err := filepath.Glob(filepath.Join(dir, "*.js"))
	if err != nil || len(scripts) == 0 {
		return nil, err
	}
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		return nil, err
	}
	var parts []part
	named := map[string]bool{}
	for _, row := range vendoredRow.FindAllStringSubmatch(string(readme), -1) {
		text, err := licence(filepath.Join(dir, row[4]))
		if err != nil {
			return nil, err
		}
		named[row[1]] = true
		parts = append(parts, part{row[2] + " " + row[3] + " (script)", []string{text}})
	}
	for _, script := range scripts {
		if !named[filepath.Base(script)] {
			return nil, fmt.Errorf("%s has no row in %s", script, filepath.Join(dir, "README.md"))
		}
	}
	return parts, nil
}

// licences reads the licence files of a folder, in the order of their names.
func licences(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) || strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		text, err := licence(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, nil
}

func licence(file string) (string, error) {
	text, err := os.ReadFile(file)
	return strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")), err
}
