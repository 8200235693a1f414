package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/doctor"
)

func TestMain(m *testing.M) {
	// Idle connections of the shared transport outlive the tests.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

func TestHelpDocumentsExitCodes(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"--help"}} {
		r := runIn(t.Context(), t, Program{}, nil, "", args...)
		text := strings.Join(strings.Fields(r.out), " ")
		if r.code != 0 || !strings.Contains(text, "Exit codes: 0 done (a watched ingest: completed or skipped), 1 failed (a request too), 2 wrong usage or configuration, 3 the watched ingest was cancelled.") {
			t.Errorf("%v: %+v", args, r)
		}
		for _, command := range []string{
			"serve", "worker", "submit", "list", "get", "watch", "cancel", "retry", "delete", "profile",
			"playback", "import", "backup", "migrate-store", "token", "doctor", "config", "version",
		} {
			if !strings.Contains(r.out, "\n  "+command+" ") {
				t.Errorf("the help does not have %s", command)
			}
		}
	}
	if r := runIn(t.Context(), t, Program{}, nil, "", "submit", "--help"); r.code != 0 || !strings.Contains(r.out, "--idempotency-key") {
		t.Errorf("%+v", r)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args []string
		err  string
	}{
		{[]string{"lst"}, "orchestrate: unexpected argument lst, did you mean one of \"list\", \"get\"?\nTry: orchestrate --help\n"},
		{[]string{"submit", "a.mp4"}, "orchestrate: missing flags: --asset=ID\nTry: orchestrate submit --help\n"},
		{[]string{"list", "-o", "xml"}, "orchestrate: --output must be one of \"table\",\"json\" but got \"xml\"\nTry: orchestrate list --help\n"},
		{[]string{"list", "--server", "ftp://h"}, "orchestrate: --server: the server's address \"ftp://h\" must begin with http:// or https:// and name a host\nTry: --server http://127.0.0.1:8080\n"},
		{
			[]string{"serve", "--addr", ":80"},
			"orchestrate: the configuration has a problem: public-url: must name a host that clients reach, such as https://media.example.com; it begins the addresses of streams\n" +
				"Try: mend the configuration; docs/orchestrate.yaml describes every key.\n",
		},
		{
			[]string{"serve", "--config", "/nowhere.yaml"},
			"orchestrate: the configuration has a problem: config: open /nowhere.yaml: no such file or directory\n" +
				"Try: check the path after --config or in ORCHESTRATE_CONFIG.\n",
		},
		{
			[]string{"worker", "--db", "sqlite:/srv/o.db"},
			"orchestrate: a worker cannot share the SQLite database /srv/o.db: exactly one process uses it, and runs the tasks itself\n" +
				"Try: orchestrate serve, or a Postgres database (--db postgres://…) and Temporal (--temporal HOST:PORT)\n",
		},
		{
			[]string{"backup", "b.db", "--db", "postgres://o:hunter2@db/o", "--temporal", "t:7233"},
			"orchestrate: a Postgres database is backed up by its own tools, while servers run\nTry: pg_dump, or what your Postgres service offers\n",
		},
	}
	for _, test := range tests {
		runIn(t.Context(), t, Program{}, nil, "", test.args...).want(t, 2, "", test.err)
	}
}

func TestMigrateStore(t *testing.T) {
	t.Parallel()
	var failed error
	p := Program{MigrateStore: func(_ context.Context, from, to config.Config, progress io.Writer) (int, int, error) {
		if from.SQLitePath() != "/srv/o.db" || !to.Postgres() || to.DBPasswordFile != "/run/password" {
			t.Errorf("from %+v to %+v", from, to)
		}
		fmt.Fprintln(progress, "ingests: 7 rows")
		return 12, 1, failed
	}}
	args := []string{"migrate-store", "--from", "sqlite:/srv/o.db", "--to", "postgres://o:hunter2@db/o", "--db-password-file", "/run/password"}
	const begun = "No server and no worker may use postgres://o:xxxxx@db/o until this has ended.\ningests: 7 rows\n"
	runIn(t.Context(), t, p, nil, "", args...).want(t, 0, "Copied 12 rows to postgres://o:xxxxx@db/o, and read them again: both are the same.\n",
		begun+"1 texts had characters that the target cannot keep (NUL, or no UTF-8); U+FFFD stands in their place.\n")
	failed = errors.New("the line is cut")
	runIn(t.Context(), t, p, nil, "", args...).want(t, 1, "",
		begun+"orchestrate: the line is cut\nTry: the source is unchanged; when the cause is mended, the same command begins again.\n")
	args[2] = "mysql:x"
	runIn(t.Context(), t, p, nil, "", args...).want(t, 2, "",
		"orchestrate: --from must be sqlite:PATH or postgres://USER@HOST/DATABASE\nTry: orchestrate migrate-store --help\n")
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	// A cancel is sent once, so that this does not wait for the client's pauses.
	runIn(t.Context(), t, Program{}, nil, "", "cancel", "i1", "--server", url).want(t, 1, "",
		"orchestrate: no server answers at "+url+"\nTry: start the server with `orchestrate serve`, or name another one with --server.\n")
}

// TestAnotherProgramAnswers has pages for people where JSON should be.
func TestAnotherProgramAnswers(t *testing.T) {
	t.Parallel()
	path := writeClip(t, "a.mp4", "abc")
	for _, status := range []int{200, 404, 405, 501} {
		d := newDouble(t)
		d.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<html>")
		})
		want := "orchestrate: what answers at " + d.url + " is not Orchestrate\n" +
			"Try: name the server's address with --server.\n"
		for _, args := range [][]string{{"list"}, {"watch", "i1"}, {"submit", path, "--asset", "a1"}} {
			d.run(t, args...).want(t, 1, "", want)
		}
		if asked := d.requests(); len(asked) != 3 {
			t.Errorf("%d: asked %v", status, asked)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	tests := []struct {
		status int
		hint   string
	}{
		{401, "Try: give a token with --token or ORCHESTRATE_TOKEN.\n"},
		{403, "Try: a token that may do this (--token), or another tenant (--tenant).\n"},
		{400, ""},
	}
	for i, test := range tests {
		id := string(rune('a' + i))
		d.problem("GET /ingests/"+id, test.status, "No.")
		d.run(t, "get", id).want(t, 1, "", "orchestrate: No.\n"+test.hint)
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	var got config.Config
	p := Program{Serve: func(_ context.Context, c config.Config, log io.Writer) error {
		got = c
		_, err := io.WriteString(log, "serving\n")
		return err
	}}
	env := map[string]string{"ORCHESTRATE_MIN_FREE": "1GB"}
	runIn(t.Context(), t, p, env, "", "serve", "--addr", "127.0.0.1:9000").want(t, 0, "", "serving\n")
	if got.Addr != "127.0.0.1:9000" || got.MinFree != 1e9 || got.PublicURL != "http://127.0.0.1:9000" {
		t.Errorf("%+v", got)
	}
	p.Serve = func(context.Context, config.Config, io.Writer) error { return errors.New("the port is taken") }
	runIn(t.Context(), t, p, nil, "", "serve").want(t, 1, "", "orchestrate: the port is taken\n")
	p.Serve = func(context.Context, config.Config, io.Writer) error {
		return fmt.Errorf("listen: %w", syscall.EADDRINUSE)
	}
	runIn(t.Context(), t, p, nil, "", "serve").want(t, 1, "",
		"orchestrate: listen: address already in use\nTry: the same with another address, such as --addr 127.0.0.1:8081.\n")
	p.Serve = func(context.Context, config.Config, io.Writer) error {
		return &fs.PathError{Op: "open", Path: "/data/lock", Err: fs.ErrPermission}
	}
	runIn(t.Context(), t, p, nil, "", "serve").want(t, 1, "", "orchestrate: open /data/lock: permission denied\n"+
		"Try: give the data folder, with all that is in it, to the user that the server runs as (chown -R).\n")
	p.Serve = func(context.Context, config.Config, io.Writer) error { return fmt.Errorf("listen: %w", syscall.EACCES) }
	runIn(t.Context(), t, p, nil, "", "serve").want(t, 1, "", "orchestrate: listen: permission denied\n")
}

func TestBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := Program{Backup: func(_ context.Context, c config.Config, file string) error {
		data, err := os.ReadFile(c.SQLitePath())
		if err != nil {
			return err
		}
		return os.WriteFile(file, data, 0o600)
	}}
	to := filepath.Join(dir, "copy.db")
	r := runIn(t.Context(), t, p, nil, "", "backup", to, "--data", dir)
	if r.code != 1 || !strings.HasPrefix(r.err, "orchestrate: there is no database to back up: ") {
		t.Errorf("%+v", r)
	}
	if err := os.WriteFile(filepath.Join(dir, "orchestrate.db"), []byte("data"), 0o600); err != nil {
		t.Fatal(err)
	}
	runIn(t.Context(), t, p, nil, "", "backup", to, "--data", dir).want(t, 0, "Wrote "+to+", 4 B.\n", "")
	p.Backup = func(_ context.Context, _ config.Config, file string) error {
		return &fs.PathError{Op: "open", Path: file, Err: fs.ErrExist}
	}
	runIn(t.Context(), t, p, nil, "", "backup", to, "--data", dir).want(t, 1, "",
		"orchestrate: open "+to+": file already exists\nTry: name a file that does not exist yet.\n")
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.answer("GET /readyz", 200, `{"status":"ok"}`)
	data := filepath.Join(t.TempDir(), "data")
	r := d.run(t, "doctor", "--data", data, "--min-free", "1MB")
	for _, want := range []string{
		"ffmpeg              ok      ffmpeg version ", "ffprobe             ok      ffprobe version ", "encoder libx264     ok\n",
		"muxer mp4           ok\n", "data folder         ok      " + data + " will be made\n", "server              ok      " + d.url + " is ready\n",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %q in\n%s", want, r.out)
		}
	}
	if r.code != 0 || r.err != "" {
		t.Errorf("%d, %s", r.code, r.err)
	}
	if _, err := os.Stat(data); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("doctor made the data folder: %v", err)
	}
}

// TestDoctorTellsOfTheCallback: only people can tell the issuer of it.
func TestDoctorTellsOfTheCallback(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.answer("GET /readyz", 200, `{"status":"ok"}`)
	flags := []string{
		"doctor", "--data", t.TempDir(), "--min-free", "1MB", "--public-url", "https://vod.example.com/",
		"--oidc-issuer", "https://login.example.com", "--oidc-audience", "o", "--oidc-client-id", "ui",
	}
	r := d.run(t, flags...)
	if want := "https://login.example.com must know, for the client ui, the redirect address https://vod.example.com/ui/_/callback\n"; !strings.Contains(r.out, want) {
		t.Errorf("no %q in\n%s", want, r.out)
	}
	r = d.run(t, append(flags, "--oidc-client-secret-file", "/nowhere/secret")...)
	if !strings.Contains(r.out, "browser sign-in     problem  oidc-client-secret-file: open /nowhere/secret") || r.code != 1 {
		t.Errorf("%d\n%s", r.code, r.out)
	}
}

func TestDoctorFindsWhatIsMissing(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.problem("GET /readyz", 503, "The disk is full.")
	plain := writeClip(t, "file", "")
	r := d.run(t, "doctor", "--data", plain+"/data", "--media-root", t.TempDir(), "--min-free", "8000TB", "--ffmpeg", "/nowhere/ffmpeg")
	for _, want := range []string{
		"ffmpeg              problem  /nowhere/ffmpeg cannot be run: ", "data folder         problem  cannot write to " + plain + ": ",
		"media folder space  problem  ", "server              warning  The disk is full.\n",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %q in\n%s", want, r.out)
		}
	}
	want := "orchestrate: 4 of 7 checks failed\nTry: mend what is marked as a problem.\n"
	if r.code != 1 || r.err != want {
		t.Errorf("%d, %s", r.code, r.err)
	}
}

func TestConfigAndVersion(t *testing.T) {
	t.Parallel()
	r := runIn(t.Context(), t, Program{}, nil, "", "config", "--min-free", "1GB")
	if r.code != 0 || !strings.Contains(r.out, "\nmin-free: \"1000000000\"\n") {
		t.Errorf("%+v", r)
	}
	if r := runIn(t.Context(), t, Program{}, nil, "", "version"); r.code != 0 || !strings.HasPrefix(r.out, "orchestrate ") {
		t.Errorf("%+v", r)
	}
}

// TestDoctorAsJSON has what the program found beside what the command looks at
// itself.
func TestDoctorAsJSON(t *testing.T) {
	t.Parallel()
	found := []doctor.Finding{{Name: "temporal", State: doctor.Problem, Detail: "does not answer", Do: "start it"}}
	p := Program{Examine: func(_ context.Context, c config.Config) []doctor.Finding {
		if c.MinFree != 1e6 {
			t.Errorf("the configuration is %+v", c)
		}
		return found
	}}
	r := runIn(t.Context(), t, p, nil, "", "doctor", "-o", "json", "--data", t.TempDir(), "--min-free", "1MB", "--server", "http://127.0.0.1:1")
	var got struct {
		OK     bool
		Checks []doctor.Finding
	}
	if err := json.Unmarshal([]byte(r.out), &got); err != nil || got.OK || r.code != 1 || !slices.Contains(got.Checks, found[0]) {
		t.Errorf("%d, %v\n%s", r.code, err, r.out)
	}
}

// TestWorker: a worker gets its configuration, and a folder that it may not use
// is explained.
func TestWorker(t *testing.T) {
	t.Parallel()
	p := Program{Work: func(_ context.Context, c config.Config, _ io.Writer) error {
		if !c.Postgres() || c.Temporal.Address != "t:7233" || len(c.Stages) != 1 {
			t.Errorf("the configuration is %+v", c)
		}
		return &fs.PathError{Op: "open", Path: "/srv", Err: fs.ErrPermission}
	}}
	r := runIn(t.Context(), t, p, nil, "", "worker", "--db", "postgres://o@db/o", "--temporal", "t:7233", "--stages", "ENCODING")
	if r.code != 1 || !strings.Contains(r.err, "chown") {
		t.Errorf("%+v", r)
	}
}
