package config

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestDeployedFiles: the configurations that are there to be installed have no
// problems.
func TestDeployedFiles(t *testing.T) {
	t.Parallel()
	for name, postgres := range map[string]bool{"orchestrate.yaml": false, "cluster.yaml": true} {
		text, err := os.ReadFile("../../deploy/" + name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := load(t, string(text), nil)
		if err != nil || c.Postgres() != postgres || c.WorkerProblem() == "" != postgres {
			t.Errorf("%s: %v, Postgres %v, worker %q", name, err, c.Postgres(), c.WorkerProblem())
		}
	}
}

// TestDeployedVariables: every variable in the folder stands for a key.
func TestDeployedVariables(t *testing.T) {
	t.Parallel()
	sample, err := os.ReadFile("../../docs/orchestrate.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(string(sample), -1) {
		keys = append(keys, m[1])
	}
	found := 0
	deploy := os.DirFS("../../deploy")
	err = fs.WalkDir(deploy, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(deploy, path)
		for _, m := range regexp.MustCompile(`\bORCHESTRATE_([A-Z_]*[A-Z])\b`).FindAllStringSubmatch(string(text), -1) {
			found++
			key := strings.ToLower(strings.ReplaceAll(m[1], "_", "-"))
			if !slices.Contains(keys, key) && !strings.HasPrefix(key, "secret") {
				t.Errorf("%s: %s stands for no key", path, m[0])
			}
		}
		return err
	})
	if err != nil || found < 10 {
		t.Errorf("%d variables, %v", found, err)
	}
}

// TestComposeFile: what the services of the program are started with is a
// configuration without problems.
func TestComposeFile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../deploy/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct {
			Image       string
			Environment map[string]string
			DependsOn   map[string]any `yaml:"depends_on"`
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	variable := regexp.MustCompile(`\$\{\w+:[-?]([^}]*)\}`) // as Compose puts them in
	for _, name := range []string{"orchestrate", "worker"} {
		env := file.Services[name].Environment
		for key, value := range env {
			env[key] = variable.ReplaceAllString(value, "$1")
		}
		c, err := load(t, "", env)
		if err != nil || c.WorkerProblem() != "" || c.Temporal.Address != "temporal:7233" || c.MediaLocation().Endpoint != "http://s3:7070" {
			t.Errorf("%s: %v, %+v", name, err, c)
		}
	}
	for name, service := range file.Services {
		for other := range service.DependsOn {
			if _, there := file.Services[other]; !there {
				t.Errorf("%s depends on %s, which is no service", name, other)
			}
		}
		if !strings.Contains(service.Image, ":") && service.Image != "orchestrate" {
			t.Errorf("%s has an image without a version: %s", name, service.Image)
		}
	}
}
