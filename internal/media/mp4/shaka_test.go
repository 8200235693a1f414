package mp4

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/media/cenc"
)

// Shaka Packager encrypts the same bytes of every sample as we do, what it
// encrypts we decrypt, and what we encrypt it decrypts.
func TestShakaPackager(t *testing.T) {
	t.Parallel()
	for name, args := range protectedClips() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clip := makeClip(t, args)
			stream := "video"
			if readMovie(t, clip).Tracks[0].Handler == HandlerAudio {
				stream = "audio"
			}
			samples := payloads(t, clip)
			for _, scheme := range []cenc.Scheme{cenc.CENC, cenc.CBCS} {
				init, list := writeEncrypted(t, clip, 25, encryption(t, scheme))
				ours := append(init, bytes.Join(list, nil)...)
				theirs := shaka(t, clip, stream, "--enable_raw_key_encryption", "--protection_scheme", string(scheme), "--clear_lead", "0")
				want, got := protectedRanges(t, theirs), protectedRanges(t, ours)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: other bytes are encrypted (-theirs +ours):\n%s", scheme, diff)
				}
				if !bytes.Equal(decrypted(t, theirs), samples) {
					t.Errorf("%s: what they encrypt comes back as something else", scheme)
				}
				if back := shaka(t, ours, stream, "--enable_raw_key_decryption"); !bytes.Equal(media(t, back), samples) {
					t.Errorf("%s: what we encrypt comes back from them as something else", scheme)
				}
			}
		})
	}
}

// shaka runs Shaka Packager on a file with one track.
func shaka(t *testing.T, in []byte, stream string, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "in.mp4"), filepath.Join(dir, "out.mp4")
	if err := os.WriteFile(from, in, 0o600); err != nil {
		t.Fatal(err)
	}
	machine := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	program := filepath.Join("..", "..", "..", ".cache", "shaka", "node_modules", "shaka-packager", "bin", "packager-linux-"+machine)
	args = append([]string{fmt.Sprintf("in=%s,stream=%s,output=%s", from, stream, to)}, args...)
	args = append(args, "--keys", "label=:key_id="+testKID+":key="+testKey)
	if out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput(); err != nil {
		t.Fatalf("Shaka Packager, which scripts/setup.sh test installs: %v\n%s", err, out)
	}
	out, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// split parts a fragmented file into its header and the rest.
func split(t *testing.T, file []byte) (init, fragments []byte) {
	t.Helper()
	top, err := topBoxes(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range top {
		if b.kind == "moof" {
			return file[:b.offset-b.head], file[b.offset-b.head:]
		}
	}
	t.Fatal("there are no fragments")
	return nil, nil
}

// protectedRanges lists the encrypted bytes of each sample, from and to; of a
// sample that is encrypted as a whole there are none.
func protectedRanges(t *testing.T, file []byte) [][][2]int {
	t.Helper()
	init, fragments := split(t, file)
	d, err := NewDecryptor(init, mustKey(t, testKey))
	if err != nil {
		t.Fatal(err)
	}
	segment, err := ReadMedia(bytes.NewReader(fragments), int64(len(fragments)), d.track)
	if err != nil {
		t.Fatal(err)
	}
	var out [][][2]int
	for _, f := range segment.Fragments {
		traf, err := d.traf(fragments, f.Offset)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := d.auxiliary(fragments, traf, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range plan {
			var ranges [][2]int
			at := 0
			for _, sub := range s.subsamples {
				at += int(sub.Clear)
				if sub.Protected >= cenc.KeySize { // less than a block stays as it is
					ranges = append(ranges, [2]int{at, at + int(sub.Protected)})
				}
				at += int(sub.Protected)
			}
			out = append(out, ranges)
		}
	}
	return out
}

// decrypted gives the samples of an encrypted file one after the other.
func decrypted(t *testing.T, file []byte) []byte {
	t.Helper()
	init, fragments := split(t, file)
	d, err := NewDecryptor(init, mustKey(t, testKey))
	if err != nil {
		t.Fatal(err)
	}
	clear, err := d.Segment(fragments)
	if err != nil {
		t.Fatal(err)
	}
	return media(t, append(d.Init(), clear...))
}

// media gives the samples of a fragmented file one after the other.
func media(t *testing.T, file []byte) []byte {
	t.Helper()
	init, fragments := split(t, file)
	track, err := ReadInit(bytes.NewReader(init), int64(len(init)))
	if err != nil {
		t.Fatal(err)
	}
	segment, err := ReadMedia(bytes.NewReader(fragments), int64(len(fragments)), track)
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, f := range segment.Fragments {
		for _, s := range f.Samples {
			out = append(out, fragments[s.Offset:s.Offset+int64(s.Size)]...)
		}
	}
	return out
}

// payloads gives the samples of a progressive file one after the other.
func payloads(t *testing.T, clip []byte) []byte {
	t.Helper()
	var out []byte
	for _, s := range readMovie(t, clip).Tracks[0].Samples {
		out = append(out, clip[s.Offset:s.Offset+int64(s.Size)]...)
	}
	return out
}
