package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// defaultFile is read when no other is named, if it is there.
const defaultFile = "orchestrate.yaml"

// Source gives kong the values of the environment and of the file. It serves
// one command line.
type Source struct {
	env    func(string) (string, bool)
	others []string // flags beside those of Config that the environment may set

	loaded    bool
	values    map[string]any // of the file, by key
	locations []Location
	retention map[string]TenantRetention
}

// NewSource makes a source. env is [os.LookupEnv] or a stand-in; others are
// flags beside those of [Config] that the environment may set too.
func NewSource(env func(string) (string, bool), others ...string) *Source {
	return &Source{env: env, others: others}
}

// EnvName is the environment variable of a key.
func EnvName(key string) string {
	return "ORCHESTRATE_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// lookup gives the value of the key's variable. One that is empty counts as
// not set, as deployments often declare variables that they have no value for.
func (s *Source) lookup(key string) (string, bool) {
	value, _ := s.env(EnvName(key))
	return value, value != ""
}

// Validate implements [kong.Resolver].
func (s *Source) Validate(*kong.Application) error { return nil }

// Resolve implements [kong.Resolver]. The first flag of Config that it is asked
// for makes it read the file and check all values, so that an [Error] has all
// problems of both.
func (s *Source) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if slices.Contains(s.others, flag.Name) {
		if value, ok := s.lookup(flag.Name); ok {
			return value, nil
		}
		return nil, nil
	}
	flags, err := configFlags()
	if err != nil || flags[flag.Name] == nil {
		return nil, err
	}
	if !s.loaded {
		if err := s.load(fileFlag(ctx), flags); err != nil {
			return nil, err
		}
		s.loaded = true
	}
	if value, ok := s.lookup(flag.Name); ok {
		return value, nil
	}
	return s.values[flag.Name], nil
}

// Finish completes a Config that kong has parsed with this source: locations,
// values that depend on others, validation.
func (s *Source) Finish(c *Config) error {
	c.Locations, c.Retention.Tenants = s.locations, s.retention
	if err := c.fill(); err != nil {
		return err
	}
	return c.Check()
}

// configFlags are the flags of Config by key.
func configFlags() (map[string]*kong.Flag, error) {
	app, err := kong.New(&Config{}, kong.NoDefaultHelp(), kong.Name("config"))
	if err != nil {
		return nil, err
	}
	flags := map[string]*kong.Flag{}
	for _, f := range app.Model.Flags {
		if f.Name != "config" {
			flags[f.Name] = f
		}
	}
	return flags, nil
}

// fileFlag is the value of --config on the command line.
func fileFlag(ctx *kong.Context) string {
	for _, f := range ctx.Flags() {
		if f.Name == "config" {
			name, _ := ctx.FlagValue(f).(string)
			return name
		}
	}
	return ""
}

// load reads the file and tries every value of file and environment.
func (s *Source) load(name string, flags map[string]*kong.Flag) error {
	var problems []string
	if name == "" {
		name, _ = s.lookup("config")
	}
	needed := name != ""
	if !needed {
		name = defaultFile
	}
	text, err := os.ReadFile(name)
	switch {
	case err == nil:
		problems = s.readFile(name, text, flags)
	case needed || !errors.Is(err, fs.ErrNotExist):
		return &Error{[]string{"config: " + err.Error()}}
	}
	for _, key := range slices.Sorted(maps.Keys(flags)) {
		if value, ok := s.lookup(key); ok {
			problems = append(problems, tryValue(flags[key], value, EnvName(key))...)
		}
	}
	if len(problems) > 0 {
		return &Error{problems}
	}
	return nil
}

// readFile takes the values of a configuration file and tells what is wrong.
func (s *Source) readFile(name string, text []byte, flags map[string]*kong.Flag) (problems []string) {
	report := func(n *yaml.Node, key, message string) {
		problems = append(problems, fmt.Sprintf("%s (%s:%d): %s", key, name, n.Line, message))
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return []string{fmt.Sprintf("config: %s is not YAML: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))}
	}
	s.values = map[string]any{}
	if len(doc.Content) == 0 {
		return nil // An empty file, or comments only.
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return []string{fmt.Sprintf("config: %s must be a mapping from keys to values", name)}
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, node := root.Content[i], root.Content[i+1]
		flag := flags[key.Value]
		switch {
		case seen[key.Value]:
			report(key, key.Value, "stands in the file twice")
		case key.Value == "locations":
			s.locations = readLocations(node, report)
		case key.Value == "retention":
			s.retention = readRetention(node, report)
		case flag == nil:
			report(key, key.Value, "is not a key that there is")
		case node.Tag == "!!null":
			// A key without a value keeps its default.
		default:
			value := plain(node)
			problems = append(problems, tryValue(flag, value, fmt.Sprintf("%s:%d", name, node.Line))...)
			s.values[key.Value] = value
		}
		seen[key.Value] = true
	}
	return problems
}

// plain turns a node into what a flag would be: the text of a scalar as it
// stands in the file, a list of such texts, or "key=value,…" for a mapping.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, plain(item))
		}
		return list
	case yaml.MappingNode:
		pairs := []string{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			pairs = append(pairs, n.Content[i].Value+"="+n.Content[i+1].Value)
		}
		return strings.Join(pairs, ",")
	case yaml.AliasNode:
		return plain(n.Alias)
	}
	return n.Value
}
