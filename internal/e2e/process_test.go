package e2e

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
)

// binaryEnv names the program that TestMain built, for the tests.
const binaryEnv = "ORCHESTRATE_E2E_BINARY"

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "orchestrate-e2e-")
	if err != nil {
		panic(err)
	}
	binary := filepath.Join(dir, "orchestrate")
	build := exec.Command("go", "build", "-o", binary, "github.com/via-orchestrate/orchestrate/cmd/orchestrate")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%v\n%s", err, out))
	}
	if err := os.Setenv(binaryEnv, binary); err != nil {
		panic(err)
	}
	code := withStack(m.Run)
	if err := goleak.Find(goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop")); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// process is a server in a process of its own.
type process struct {
	*exec.Cmd
	data   string
	client *client.Client
	log    chan string // the whole log, once the process has ended
}

var servingAt = regexp.MustCompile(`"?msg"?[=:]"?serving"?[ ,]"?url"?[=:]"?([^\s"]+)`)

// start runs the real binary on a data folder and waits until it serves.
func start(t *testing.T, data string, flags ...string) *process {
	t.Helper()
	onOneProcess(t)
	args := append([]string{"serve", "--data", data, "--addr", "127.0.0.1:0", "--min-free", "0B", "--allow-net", "127.0.0.0/8"}, flags...)
	p := &process{Cmd: exec.Command(os.Getenv(binaryEnv), args...), data: data, log: make(chan string, 1)}
	p.Dir = data
	stderr, err := p.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill(); _ = p.Wait() })
	url := make(chan string, 1)
	go p.follow(stderr, url)
	address, ok := <-url
	if !ok {
		t.Fatalf("the server ended at its start:\n%s", <-p.log)
	}
	if p.client, err = client.New(address, client.Options{HTTPClient: apptest.HTTPClient(t)}); err != nil {
		t.Fatal(err)
	}
	return p
}

// follow gives the server's address as soon as it logs it, and the whole log
// at its end.
func (p *process) follow(stderr io.Reader, url chan<- string) {
	var log strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		log.WriteString(lines.Text() + "\n")
		if m := servingAt.FindStringSubmatch(lines.Text()); m != nil {
			url <- m[1]
		}
	}
	close(url)
	p.log <- log.String()
}

// end sends the signal, waits for the process to be gone and gives its log.
func (p *process) end(t *testing.T, signal syscall.Signal) string {
	t.Helper()
	if err := p.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	log := <-p.log
	_ = p.Wait()
	return log
}

// children lists the processes whose command line names the folder.
func children(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range lines {
		text, err := os.ReadFile(f)
		words := strings.Split(string(text), "\x00")
		if err == nil && strings.Contains(string(text), folder) && strings.Contains(filepath.Base(words[0]), "ff") {
			found = append(found, strings.Join(words, " "))
		}
	}
	return found
}
