package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFileProblems has every problem of file and environment at once.
func TestFileProblems(t *testing.T) {
	t.Parallel()
	name := writeFile(t, `addr: [a, b]
min-free: much
allow-net: [10.0.0.0/8, home]
slots: {encoding: 0}
minfree: 5GB
log-level: loud
drain: 8
drain: 9s
locations:
  archive: {type: file, path: /a, tenants: [a], url: x}
  broken: 7
`)
	env := map[string]string{"ORCHESTRATE_STALL_AFTER": "soon", "ORCHESTRATE_CONFIG": name}
	_, err := load(t, "", env)
	got := problemsOf(t, err)
	for i := range got {
		got[i] = strings.ReplaceAll(got[i], filepath.Dir(name)+"/", "")
	}
	want := []string{
		`addr (test.yaml:1): [a b] is not a single text`,
		`min-free (test.yaml:2): "much" is not a size such as 5GB or 500MiB`,
		`allow-net (test.yaml:3): [10.0.0.0/8 home] is not a list of networks such as 10.0.0.0/8`,
		`slots (test.yaml:4): "encoding=0" is not a number of tasks per stage, such as encoding=1,packaging=2`,
		`minfree (test.yaml:5): is not a key that there is`,
		`log-level (test.yaml:6): "loud" is not DEBUG, INFO, WARN or ERROR`,
		`drain (test.yaml:7): "8" is not a time such as 60s or 2m`,
		`drain (test.yaml:8): stands in the file twice`,
		`locations.archive.url (test.yaml:10): is not a key that there is`,
		`locations.broken (test.yaml:11): must be a mapping of type, path, baseUrl or s3Arn, and a list of tenants`,
		`stall-after (ORCHESTRATE_STALL_AFTER): "soon" is not a time such as 60s or 2m`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnreadableFiles(t *testing.T) {
	t.Parallel()
	_, err := load(t, "", nil, "--config", "/nowhere/orchestrate.yaml")
	if got := problemsOf(t, err); got[0] != "config: open /nowhere/orchestrate.yaml: no such file or directory" {
		t.Error(got)
	}
	name := writeFile(t, "a: [b\n")
	_, err = load(t, "", nil, "--config", name)
	if got := problemsOf(t, err); got[0] != "config: "+name+" is not YAML: line 1: did not find expected ',' or ']'" {
		t.Error(got)
	}
	name = writeFile(t, "- a\n")
	_, err = load(t, "", nil, "--config", name)
	if got := problemsOf(t, err); got[0] != "config: "+name+" must be a mapping from keys to values" {
		t.Error(got)
	}
}

// TestValidate has every problem that values have together, at once.
func TestValidate(t *testing.T) {
	t.Parallel()
	_, err := load(t, `
addr: "8080"
metrics-addr: 10.0.0.1
public-url: "https://user:hunter2@media.example.com"
db: "postgres://user:hunter2@db/orchestrate"
data: /srv/orchestrate/data
media-root: /srv/orchestrate
allow-source-dir: [incoming]
allow-net: [10.1.0.0/8]
play-connect: ["https://keys.example.com", "http://[::1]:8443", "https://u:p@keys.example.com", "https://keys.example.com/key"]
stall-after: 0s
drain: -1s
log-format: xml
locations:
  "a b": {type: file, path: relative, tenants: []}
  bucket: {type: s3, s3Arn: "arn:aws:s3:::b", endpoint: "https://u:hunter2@s3.example.com", iamRoleArn: media, tenants: [a]}
  cdn: {type: web, baseUrl: "https://cdn.example.com/?x=1", tenants: [a]}
  other: {type: ftp, tenants: [a]}
`, nil)
	want := []string{
		`addr: "8080" is not a host and a port such as 127.0.0.1:8080`,
		`metrics-addr: "10.0.0.1" is not a host and a port such as 127.0.0.1:8080`,
		`public-url: must not hold a user name or password`,
		`db: Postgres is for several processes, whose work Temporal delivers: name its server (temporal), or use sqlite:PATH`,
		`media-root: "/srv/orchestrate" holds the data folder; what is served must stand apart from what is not`,
		`allow-source-dir: "incoming" is not an absolute folder`,
		`allow-net: 10.1.0.0/8 has bits set after its first 8; did you mean 10.0.0.0/8?`,
		`play-connect: must be an origin such as https://keys.example.com, without a path`,
		`play-connect: must be an origin such as https://keys.example.com, without a path`,
		`stall-after: 0s is not a time greater than 0`,
		`drain: -1s is not a time of 0 or greater`,
		`log-format: "xml" is not text or json`,
		`locations.a b: a name has 1 to 63 letters, digits, dots, dashes and underscores, and begins with a letter or digit`,
		`locations.a b.tenants: is missing; name the tenants that may use it, or "*" for all`,
		`locations.a b.path: "relative" is not an absolute folder`,
		`locations.bucket.s3Arn: "arn:aws:s3:::b" does not name a bucket, such as arn:aws:s3:::bucket/prefix`,
		`locations.bucket.endpoint: must not hold a user name or password`,
		`locations.bucket.iamRoleArn: "media" is not the ARN of a role, such as arn:aws:iam::123456789012:role/media`,
		`locations.cdn.baseUrl: must not have a query or fragment`,
		`locations.other.type: "ftp" is not a type; use file, s3 or web`,
	}
	if diff := cmp.Diff(want, problemsOf(t, err)); diff != "" {
		t.Error(diff)
	}
	if text := err.Error(); !strings.HasPrefix(text, "the configuration has 20 problems:\n  addr: ") || strings.Contains(text, "hunter2") {
		t.Error(text)
	}
}

func TestAddr(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"127.0.0.1:0", "[::1]:8080", "localhost:8080", ":8080", "10.0.0.1:80", "[::]:80", "example.com:80"} {
		if p := addrProblem(addr); p != "" {
			t.Errorf("%s is refused: %s", addr, p)
		}
	}
	for _, addr := range []string{"", "8080", "10.0.0.1", "127.0.0.1:99999", "127.0.0.1:http"} {
		if addrProblem(addr) == "" {
			t.Errorf("%s is accepted", addr)
		}
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		"127.0.0.1:0": true, "127.8.9.1:80": true, "[::1]:8080": true, "localhost:8080": true,
		":8080": false, "10.0.0.1:80": false, "[::]:80": false, "0.0.0.0:80": false, "example.com:80": false, "localhost.example.com:80": false,
	} {
		if Loopback(addr) != want {
			t.Errorf("%s is loopback: %t", addr, !want)
		}
	}
}

// TestSignIn holds the messages.
func TestSignIn(t *testing.T) {
	t.Parallel()
	_, err := load(t, `
addr: :8080
oidc-issuer: [http://login.example.com, "https://login.example.com/?x=1"]
oidc-role-map: {editors: editor}
oidc-tenant-claim: ""
oidc-clock-skew: 6m
rate-limit: -1
`, nil)
	want := []string{
		`public-url: must name a host that clients reach, such as https://media.example.com; it begins the addresses of streams`,
		`oidc-issuer: "http://login.example.com" must begin with https://`,
		`oidc-issuer: must not have a query or fragment`,
		`oidc-audience: is missing; without it, tokens that the issuer made for other programs would be taken`,
		`oidc-role-map: "editor" is not viewer, operator or admin`,
		`oidc-tenant-claim: must not be empty`,
		`oidc-clock-skew: 6m0s is not a time from 0s to 5m`,
		`rate-limit: -1 is not a number of 0 or greater`,
	}
	if diff := cmp.Diff(want, problemsOf(t, err)); diff != "" {
		t.Error(diff)
	}
}

func TestRateLimitIsANumber(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"NaN", "+Inf", "-Inf", "-0.1", "many"} {
		if _, err := load(t, "", nil, "--rate-limit="+text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestSignInPairs(t *testing.T) {
	t.Parallel()
	c, err := load(t, "oidc-role-map: {video editors: operator}\noidc-tenant-map: {'https://a.example.com/?t=1': acme}\n", nil,
		"--oidc-issuer", "http://127.0.0.1:1/realm", "--oidc-audience", "orchestrate")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Pairs{"video editors": "operator"}, c.RoleMap); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Pairs{"https://a.example.com/?t=1": "acme"}, c.TenantMap); diff != "" {
		t.Error(diff)
	}
	if _, err := load(t, "", nil, "--oidc-role-map", "editors"); err == nil {
		t.Error("a pair without a value is accepted")
	}
}

func TestBytes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Bytes{"0": 0, "1024": 1024, "5GB": 5e9, "5 GiB": 5 << 30, "1.5kB": 1500} {
		var b Bytes
		if err := b.UnmarshalText([]byte(text)); b != want || err != nil {
			t.Errorf("%s: %d, %v; want %d", text, b, err, want)
		}
	}
	for _, text := range []string{"", "GB", "-1GB", "5 cows", "9223372036854775808"} {
		var b Bytes
		if err := b.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is %d", text, b)
		}
	}
}

// TestSecretIsHidden prints a secret in every way that there is.
func TestSecretIsHidden(t *testing.T) {
	t.Parallel()
	v := struct{ Token Secret }{"hunter2"}
	asJSON, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "token", v.Token)
	all := fmt.Sprintf("%v %+v %#v %s %q %s %s", v, v, v, v.Token, v.Token, asJSON, log.String())
	if strings.Contains(all, "hunter2") || strings.Count(all, "(secret)") != 7 {
		t.Error(all)
	}
	if v.Token.Reveal() != "hunter2" || Secret("").String() != "" {
		t.Error("Reveal or the empty secret is wrong")
	}
}

func TestBrowserSignInProblems(t *testing.T) {
	t.Parallel()
	_, err := load(t, "oidc-client-id: ui\noidc-scope: [profile]\nsession-age: 30s\n", nil)
	want := []string{
		`oidc-client-id: needs an issuer (oidc-issuer)`,
		`oidc-scope: must have openid; without it the issuer does not say who signs in`,
		`session-age: 30s is not a time from 1m to 720h0m0s`,
	}
	if diff := cmp.Diff(want, problemsOf(t, err)); diff != "" {
		t.Error(diff)
	}
	_, err = load(t, "oidc-client-secret-file: /x\nsession-age: 721h\n", nil)
	want = []string{
		`oidc-client-secret-file: needs a client (oidc-client-id)`,
		`session-age: 721h0m0s is not a time from 1m to 720h0m0s`,
	}
	if diff := cmp.Diff(want, problemsOf(t, err)); diff != "" {
		t.Error(diff)
	}
	c, err := load(t, "oidc-issuer: [https://a.example.com]\noidc-audience: [o]\noidc-client-id: ui\noidc-scope: [openid, groups]\n", nil)
	if err != nil || c.ClientID != "ui" || len(c.Scopes) != 2 {
		t.Errorf("%+v, %v", c.SignIn, err)
	}
}
