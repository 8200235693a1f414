package config

import (
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// load reads a configuration as a command does, in a folder of its own that
// holds the file, if text is not empty.
func load(t *testing.T, text string, env map[string]string, args ...string) (Config, error) {
	t.Helper()
	if text != "" {
		args = append(args, "--config", writeFile(t, text))
	}
	var c Config
	source := NewSource(func(key string) (string, bool) { v, ok := env[key]; return v, ok })
	parser, err := kong.New(&c, kong.Resolvers(source), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		return c, err
	}
	return c, source.Finish(&c)
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "test.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

var equal = cmp.Options{cmpopts.EquateComparable(netip.Prefix{}), cmpopts.IgnoreFields(Config{}, "File")}

func TestDefaults(t *testing.T) {
	t.Parallel()
	got, err := load(t, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(here, "data")
	want := Config{
		Addr: "127.0.0.1:8080", PublicURL: "http://127.0.0.1:8080",
		Data: data, DB: "sqlite:" + data + "/orchestrate.db", MediaRoot: data + "/media",
		StoreRoot: data + "/store", Scratch: data + "/scratch", Temporal: Temporal{Namespace: "default", Prefix: "orchestrate"},
		MinFree: 5_000_000_000, Slots: Slots{}.withDefaults(), FFmpeg: "ffmpeg", FFprobe: "ffprobe",
		SignIn: SignIn{
			RolesClaim: "https://vimond/roles", PermissionsClaim: "https://vimond/permissions", TenantClaim: "https://vimond/tenant",
			ClockSkew: 30 * time.Second, RateLimit: 100, Scopes: []string{"openid", "profile", "email"}, SessionAge: 12 * time.Hour,
		},
		Retention:  Retention{Replaced: Age(24 * time.Hour)},
		StallAfter: time.Minute, Drain: 6 * time.Second, LogLevel: slog.LevelInfo, LogFormat: "text",
	}
	if diff := cmp.Diff(want, got, equal); diff != "" {
		t.Error(diff)
	}
	if got.SQLitePath() != data+"/orchestrate.db" {
		t.Errorf("SQLitePath %s", got.SQLitePath())
	}
}

// TestSampleFile keeps the documented file and the program equal: every key is
// in it, and what it says is the default.
func TestSampleFile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/orchestrate.yaml")
	if err != nil {
		t.Fatal(err)
	}
	sample, err := load(t, string(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	defaults, err := load(t, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(defaults, sample, equal, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	flags, err := configFlags()
	if err != nil {
		t.Fatal(err)
	}
	for key := range flags {
		if !strings.Contains(string(text), "\n"+key+":") {
			t.Errorf("the sample file does not have %s", key)
		}
	}
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	const file = "min-free: 1GB\ndrain: 1s\nlog-format: json\nallow-source-dir: [/a, '/b,c']\nslots: {encoding: 3}\n"
	env := map[string]string{"ORCHESTRATE_MIN_FREE": "2GB", "ORCHESTRATE_DRAIN": "2s", "ORCHESTRATE_STALL_AFTER": ""}
	got, err := load(t, file, env, "--min-free", "3GB", "--allow-net", "10.0.0.0/8", "--allow-net", "127.0.0.1/32")
	if err != nil {
		t.Fatal(err)
	}
	if got.MinFree != 3_000_000_000 || got.Drain != 2*time.Second || got.LogFormat != "json" || got.StallAfter != time.Minute {
		t.Errorf("flag %d, env %s, file %s, default %s", got.MinFree, got.Drain, got.LogFormat, got.StallAfter)
	}
	if diff := cmp.Diff([]string{"/a", "/b,c"}, got.AllowSourceDir); diff != "" {
		t.Error(diff)
	}
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}
	if diff := cmp.Diff(want, got.AllowNet, equal); diff != "" {
		t.Error(diff)
	}
	if got.Slots[vod.Encoding] != 3 || got.Slots[vod.Retrieval] != 4 {
		t.Errorf("slots %v", got.Slots)
	}
}

func TestFileFromEnvironment(t *testing.T) {
	t.Parallel()
	env := map[string]string{"ORCHESTRATE_CONFIG": writeFile(t, "log-format: json\n")}
	if got, err := load(t, "", env); got.LogFormat != "json" || err != nil {
		t.Errorf("%q, %v", got.LogFormat, err)
	}
}

func TestFileOfTheWorkingFolder(t *testing.T) {
	t.Chdir(filepath.Dir(writeFile(t, "log-level: DEBUG\n")))
	if err := os.Rename("test.yaml", "orchestrate.yaml"); err != nil {
		t.Fatal(err)
	}
	if got, err := load(t, "", nil); got.LogLevel != slog.LevelDebug || err != nil {
		t.Errorf("%v, %v", got.LogLevel, err)
	}
}

func TestLocations(t *testing.T) {
	t.Parallel()
	got, err := load(t, `
locations:
  archive: {type: file, path: /srv/archive, tenants: [a, b]}
  cdn: {type: web, baseUrl: "https://cdn.example.com/vod/", tenants: ["*"]}
`, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Location{
		{Location: vod.Location{Name: "archive", Type: vod.LocationFile, Path: "/srv/archive"}, Tenants: []string{"a", "b"}},
		{Location: vod.Location{Name: "cdn", Type: vod.LocationWeb, BaseURL: "https://cdn.example.com/vod"}, Tenants: []string{"*"}},
	}
	if diff := cmp.Diff(want, got.Locations); diff != "" {
		t.Error(diff)
	}
}

// TestPrint reads back what was printed.
func TestPrint(t *testing.T) {
	t.Parallel()
	first, err := load(t, "locations:\n  archive: {type: file, path: /srv/a, tenants: [a]}\n", nil,
		"--min-free", "7GiB", "--slots", "encoding=2", "--allow-net", "10.0.0.0/8", "--stall-after", "90s", "--log-level", "WARN")
	if err != nil {
		t.Fatal(err)
	}
	text, err := first.Print()
	if err != nil {
		t.Fatal(err)
	}
	second, err := load(t, string(text), nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if diff := cmp.Diff(first, second, equal, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
}

func problemsOf(t *testing.T, err error) []string {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no Error", err)
	}
	return e.Problems
}
