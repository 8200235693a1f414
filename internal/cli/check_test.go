package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/check"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	playlist := "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:4,\nseg.m4s\n#EXT-X-ENDLIST\n"
	if err := os.WriteFile(filepath.Join(dir, "index.m3u8"), []byte(playlist), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (code int, out, errs string) {
		var stdout, stderr strings.Builder
		code = Program{}.Run(t.Context(), append([]string{"check"}, args...), strings.NewReader(""), &stdout, &stderr, func(string) (string, bool) { return "", false })
		return code, stdout.String(), stderr.String()
	}
	code, out, _ := run(dir)
	if code != exitFailed || !strings.Contains(out, "ERROR    file  index.m3u8") || !strings.Contains(out, "1 errors, 0 warnings") {
		t.Errorf("%d: %s", code, out)
	}
	var report check.Report
	if _, out, _ = run(dir, "-o", "json"); json.Unmarshal([]byte(out), &report) != nil || report.Count(check.Error) != 1 {
		t.Errorf("%s", out)
	}
	for _, target := range []string{t.TempDir(), filepath.Join(dir, "none"), "http://127.0.0.1:1/index.m3u8?token=secret", ""} {
		code, _, errs := run(target)
		if code != exitUsage || strings.Contains(errs, "secret") {
			t.Errorf("%q: %d, %s", target, code, errs)
		}
	}
	if code, out, _ := run("--rules"); code != exitOK || !strings.Contains(out, "hls-bandwidth") {
		t.Errorf("%d: %s", code, out)
	}
}
