package distribution_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/disktest"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/distribution"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

func toMedia() distribution.CopyProfile {
	return distribution.CopyProfile{Name: "c", Type: distribution.TypeCopy, TargetLocation: vod.Location{Name: "media"}}
}

var hlsAndDASH = map[string]string{
	"master.m3u8": "#EXTM3U", "manifest.mpd": "<MPD/>", "video/å 1.m4s": "segment", "video/empty.m4s": "",
}

func TestCopyOfASharedFolder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.folder(t, hlsAndDASH)
	r, err := b.run(t, distribution.NewCopy(b.set), toMedia(),
		fileset(vod.KindHLS, vod.MediaHLS, f.URI("master.m3u8")), fileset(vod.KindDASH, vod.MediaDASH, f.URI("manifest.mpd")))
	must(t, err)
	target := filepath.Join(b.media, key, b.job.TaskID, "1")
	for i, want := range []struct{ name, labels string }{{"master.m3u8", "[distributed HLS]"}, {"manifest.mpd", "[distributed DASH]"}} {
		out := r.Outputs[i]
		if out.Files[0].URI != location.FileURI(filepath.Join(target, want.name)) || fmt.Sprint(out.Labels) != want.labels ||
			out.Location.Name != "media" || out.Location.Path != b.media || out.Files[0].MD5Sum == nil {
			t.Errorf("output %d is %+v", i, out)
		}
	}
	for name, text := range hlsAndDASH {
		got, err := os.ReadFile(filepath.Join(target, name))
		if err != nil || string(got) != text {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
	}
	entries, err := os.ReadDir(target)
	if err != nil || len(entries) != 4 { // with inventory.json and video
		t.Errorf("target holds %v, %v", entries, err)
	}
	if !b.set.Exists(t.Context(), "acme", r.Outputs) {
		t.Error("the inventory is not right")
	}
	if shares := *b.shares; shares[len(shares)-1] != 1 {
		t.Errorf("progress: %v", shares)
	}
}

func TestCopyOfSeveralFoldersAndPlainFiles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f, g := b.folder(t, hlsAndDASH), b.bare(t, map[string]string{"poster.jpg": "jpeg", "other": "not asked for", "sub/b.jpg": "b"})
	r, err := b.run(t, distribution.NewCopy(b.set), toMedia(),
		fileset(vod.KindHLS, vod.MediaHLS, f.URI("master.m3u8")), fileset("", vod.MediaImage, g.URI("poster.jpg")), fileset("", vod.MediaImage, g.URI("sub/b.jpg")))
	must(t, err)
	target := filepath.Join(b.media, key, b.job.TaskID, "1")
	for i, want := range []string{"1/master.m3u8", "2/poster.jpg"} {
		if got := r.Outputs[i].Files[0].URI; got != location.FileURI(filepath.Join(target, want)) {
			t.Errorf("output %d is %s", i, got)
		}
	}
	if text, err := os.ReadFile(filepath.Join(target, "1/video/å 1.m4s")); string(text) != "segment" {
		t.Errorf("segment: %q, %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(target, "2/other")); err == nil {
		t.Error("a file that no fileset names was copied")
	}
	if local, err := b.set.Local(t.Context(), step.Job{Tenant: "acme"}, r.Outputs[2].Files[0].URI); err != nil || filepath.Base(local) != "b.jpg" {
		t.Errorf("third output: %s, %v", local, err)
	}
}

func TestCopyFindsDamage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		damage  func(path string) error
		reason  vod.Reason
		message string
	}{
		"other bytes": {func(p string) error { return os.WriteFile(p, []byte("Segment"), 0o600) }, vod.ReasonChecksum, "1.m4s is not what its inventory says"},
		"other size":  {func(p string) error { return os.WriteFile(p, []byte("seg"), 0o600) }, vod.ReasonChecksum, "1.m4s has 3 bytes, but its inventory says 7"},
		"gone":        {os.Remove, vod.ReasonSourceMissing, "1.m4s is gone"},
		"a link out": {func(p string) error {
			if err := os.Remove(p); err != nil {
				return err
			}
			return os.Symlink("/etc/passwd", p)
		}, vod.ReasonSourceUnreadable, "1.m4s failed"},
	} {
		b := setup(t)
		f := b.folder(t, hlsAndDASH)
		must(t, c.damage(filepath.Join(f.Path(), "video", "å 1.m4s")))
		_, err := b.run(t, distribution.NewCopy(b.set), toMedia(), fileset(vod.KindHLS, vod.MediaHLS, f.URI("master.m3u8")))
		t.Log(name)
		wantError(t, err, vod.ClassInfra, c.reason, c.message)
		b.wantNothing(t)
	}
}

func TestCopyRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.folder(t, hlsAndDASH)
	runner := distribution.NewCopy(b.set)
	in := fileset(vod.KindHLS, vod.MediaHLS, f.URI("master.m3u8"))
	_, err := b.run(t, runner, toMedia(), fileset("", vod.MediaHLS, "http://x/master.m3u8"))
	wantError(t, err, vod.ClassConfig, vod.ReasonForbidden, "not a file: address")
	_, err = b.run(t, runner, toMedia(), fileset("", vod.MediaHLS, "file:///etc/passwd"))
	wantError(t, err, vod.ClassConfig, vod.ReasonForbidden, "may not read")
	_, err = b.run(t, runner, toMedia(), fileset("", vod.MediaHLS, f.URI("inventory.json")))
	wantError(t, err, vod.ClassInfra, vod.ReasonChecksum, "not in the inventory")
	_, err = b.run(t, runner, distribution.CopyProfile{TargetLocation: vod.Location{Name: "cdn"}}, in)
	wantError(t, err, vod.ClassConfig, vod.ReasonConfig, "nothing can be written there")
	elsewhere := toMedia()
	elsewhere.SourceLocation = &vod.Location{Name: "media"}
	_, err = b.run(t, runner, elsewhere, in)
	wantError(t, err, vod.ClassConfig, vod.ReasonConfig, `master.m3u8 is not at location "media"`)
	elsewhere.SourceLocation = &vod.Location{Name: "store"}
	if _, err = b.run(t, runner, elsewhere, in); err != nil {
		t.Error(err)
	}
	b.job.Tenant = "other"
	_, err = b.run(t, runner, toMedia(), in)
	wantError(t, err, vod.ClassConfig, vod.ReasonForbidden, "may not read")
}

func TestCopyIsCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.folder(t, hlsAndDASH)
	ctx, cancel := context.WithCancelCause(t.Context())
	b.job.Progress = func(float64) { cancel(vod.ErrCancelled) }
	b.job.Profile, b.job.Inputs = []byte(`{"targetLocation":{"name":"media"}}`), []vod.Fileset{fileset("", vod.MediaHLS, f.URI("master.m3u8"))}
	if _, err := distribution.NewCopy(b.set).Run(ctx, b.job); err != vod.ErrCancelled { //nolint:errorlint // It is that very value.
		t.Errorf("error is %v", err)
	}
	b.wantNothing(t)
}

// TestCopyToAFullDisk fills a real file system of 1 MiB.
func TestCopyToAFullDisk(t *testing.T) {
	t.Parallel()
	disk := disktest.Mount(t, "1m")
	b := setupAt(t, t.TempDir(), filepath.Join(disk, "media"))
	f := b.folder(t, map[string]string{"a.mp4": strings.Repeat("x", 3<<20)})
	_, err := b.run(t, distribution.NewCopy(b.set), toMedia(), fileset("", vod.MediaVideo, f.URI("a.mp4")))
	wantError(t, err, vod.ClassInfra, vod.ReasonDiskFull, "no space left")
	b.wantNothing(t)
}

func BenchmarkCopy(b *testing.B) {
	files := map[string]string{}
	segment := strings.Repeat("0123456789abcdef", 1<<16) // 1 MiB
	for i := range 64 {
		files[fmt.Sprintf("video/%d.m4s", i)] = segment
	}
	files["master.m3u8"] = "#EXTM3U"
	w := setup(b)
	f := w.folder(b, files)
	b.Run("step", func(b *testing.B) {
		b.SetBytes(64 << 20)
		for b.Loop() {
			_, err := w.run(b, distribution.NewCopy(w.set), toMedia(), fileset(vod.KindHLS, vod.MediaHLS, f.URI("master.m3u8")))
			must(b, err)
		}
	})
	b.Run("plain copy", func(b *testing.B) {
		b.SetBytes(64 << 20)
		for b.Loop() {
			target := b.TempDir()
			for i := range 64 {
				plainCopy(b, filepath.Join(f.Path(), fmt.Sprintf("video/%d.m4s", i)), filepath.Join(target, fmt.Sprint(i)))
			}
		}
	})
}

// plainCopy copies to a synced file, with nothing checked.
func plainCopy(b *testing.B, from, to string) {
	in, err := os.Open(from)
	must(b, err)
	defer in.Close()
	out, err := os.Create(to)
	must(b, err)
	defer out.Close()
	_, err = io.Copy(out, in)
	must(b, err)
	must(b, out.Sync())
}
