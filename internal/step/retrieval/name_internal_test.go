package retrieval

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestSafeName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a.mp4": "a.mp4", "æ ø'\"#%.mov": "æ ø'\"#%.mov", "": "source", "/": "source", ".": "source", "..": "source", "...": "source",
		"../../etc/passwd": "passwd", "a/b\\c.mp4": "b_c.mp4", "a\x00b\nc.mp4": "a_b_c.mp4", ".hidden": "_.hidden", "-i": "_-i",
		"a\xff.mp4": "a_.mp4", "a\u202egpj.mp4": "a_gpj.mp4",
		strings.Repeat("é", 300) + ".mp4": strings.Repeat("é", 98) + ".mp4",
	} {
		if got := safeName(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add("a.mp4")
	f.Add("inventory.json")
	f.Add(strings.Repeat("é", 150) + "." + strings.Repeat("x", 300))
	f.Fuzz(func(t *testing.T, wanted string) {
		n := names{}
		first, second := n.add(wanted), n.add(wanted)
		for _, name := range []string{first, second} {
			if name == "" || name[0] == '.' || len(name) > maxName || !utf8.ValidString(name) ||
				strings.ContainsAny(name, "/\\\x00\n") || strings.EqualFold(name, "inventory.json") {
				t.Errorf("%q becomes %q", wanted, name)
			}
		}
		if strings.EqualFold(first, second) {
			t.Errorf("%q is given out twice", first)
		}
	})
}

func TestStrongValidator(t *testing.T) {
	t.Parallel()
	const date, old, recent = "Wed, 01 Jan 2025 12:00:00 GMT", "Wed, 01 Jan 2025 11:00:00 GMT", "Wed, 01 Jan 2025 11:59:59 GMT"
	for want, headers := range map[string][]map[string]string{
		`"v"`: {{"Etag": `"v"`}, {"Etag": `"v"`, "Last-Modified": old, "Date": date, "Accept-Ranges": "bytes"}},
		old:   {{"Last-Modified": old, "Date": date}},
		"": {
			{},
			{"Etag": `W/"v"`},
			{"Etag": `W/"v"`, "Last-Modified": old, "Date": date},
			{"Etag": `"v"`, "Accept-Ranges": "none"},
			{"Last-Modified": recent, "Date": date},
			{"Last-Modified": old},
			{"Last-Modified": "x", "Date": date},
		},
	} {
		for _, h := range headers {
			header := map[string][]string{}
			for k, v := range h {
				header[k] = []string{v}
			}
			if got := strongValidator(header); got != want {
				t.Errorf("%v gives %q, want %q", h, got, want)
			}
		}
	}
}

func FuzzContentRange(f *testing.F) {
	for _, s := range []string{"bytes 0-1/2", "bytes 5-9/*", "bytes */10", "items 0-1/2", "bytes -1-2/3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if first, total, ok := contentRange(text); ok && (first < 0 || total < -1) {
			t.Errorf("%q gives %d, %d", text, first, total)
		}
	})
}

// TestFullDevice writes to a device that is always full.
func TestFullDevice(t *testing.T) {
	t.Parallel()
	file, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{file: file, md5: discard{}, sha: discard{}, progress: &progress{}}
	defer s.close()
	_, err = s.Write([]byte("x"))
	if se := vod.AsStepError(err); se.Class != vod.ClassInfra || se.Reason != vod.ReasonDiskFull || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("error is %v", err)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) Sum(b []byte) []byte         { return b }
func (discard) Reset()                      {}
func (discard) Size() int                   { return 0 }
func (discard) BlockSize() int              { return 1 }
