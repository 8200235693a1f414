package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// inTerminal carries out a command whose stdout is a terminal of 24 lines, and
// gives what it shows there.
func (d *double) inTerminal(t *testing.T, width uint16, args ...string) string {
	t.Helper()
	near, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	fd := int(near.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	far, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: width}); err != nil {
		t.Fatal(err)
	}
	shown := make(chan string)
	go func() {
		text, err := io.ReadAll(near)
		if err != nil && !errors.Is(err, syscall.EIO) { // What Linux says once the far end is closed.
			t.Error(err)
		}
		shown <- string(text)
	}()
	var stderr bytes.Buffer
	code := Program{}.Run(t.Context(), append(args, "--server", d.url), strings.NewReader(""), far, &stderr, func(string) (string, bool) { return "", false })
	if err := far.Close(); err != nil {
		t.Error(err)
	}
	if code != 0 {
		t.Errorf("%d, %s", code, stderr.String())
	}
	return strings.ReplaceAll(<-shown, "\r\n", "\n")
}

func TestJSONIsIndentedInATerminal(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	d.answer("GET /profiles", 200, `{"items":[],"n":1.50,"b":"<&>"}`)
	want := "{\n  \"items\": [],\n  \"n\": 1.50,\n  \"b\": \"<&>\"\n}\n"
	if got := d.inTerminal(t, 80, "profile", "list", "-o", "json"); got != want {
		t.Errorf("%q", got)
	}
}

func TestListFitsTheTerminal(t *testing.T) {
	t.Parallel()
	d := newDouble(t)
	problem := strings.Repeat("映画 and so on. ", 30)
	d.answer("GET /ingests", 200, `{"items":[{"ingestId":"i1","assetId":"a1","profileName":"p","status":"FAILED","startTime":"2026-01-02T03:04:05.678Z","error":"`+problem+`"}],"count":1,"cursor":null}`)
	for _, width := range []uint16{60, 80, 120, 300} {
		lines := strings.Split(d.inTerminal(t, width, "list"), "\n")
		if len(lines) != 3 || !strings.HasSuffix(lines[1], "…") {
			t.Fatalf("%q", lines)
		}
		if n := columns(lines[1]); n > int(width) && width > 100 || n > 2*int(width) {
			t.Errorf("%d columns in a terminal of %d", n, width)
		}
	}
	if r := d.run(t, "list"); !strings.Contains(r.out, strings.TrimSpace(problem)) {
		t.Errorf("a pipe has not the whole error: %s", r.out)
	}
}
