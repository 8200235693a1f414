package cenc_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/via-orchestrate/orchestrate/internal/media/cenc"
	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

func newKey(t interface{ Fatal(...any) }, value []byte) cenc.Key {
	key, err := cenc.NewKey(value)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// However a segment is written, it is AES-CBC with the padding of PKCS #7, and
// comes back.
func TestSegmentWriter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "key")
		key, iv := newKey(t, value), cenc.SequenceIV(rapid.Uint64().Draw(t, "number"))
		parts := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 50), 0, 6).Draw(t, "parts")
		var got bytes.Buffer
		w, err := cenc.NewSegmentWriter(&got, key, iv)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			if n, err := w.Write(part); n != len(part) || err != nil {
				t.Fatal(n, err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		plain := bytes.Join(parts, nil)
		pad := 16 - len(plain)%16
		padded := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
		block, err := aes.NewCipher(value)
		if err != nil {
			t.Fatal(err)
		}
		cipher.NewCBCEncrypter(block, iv[:]).CryptBlocks(padded, padded)
		if !bytes.Equal(got.Bytes(), padded) {
			t.Fatal("written otherwise")
		}
		back, err := cenc.DecryptSegment(got.Bytes(), key, iv)
		if err != nil || !bytes.Equal(back, plain) {
			t.Fatal("comes back otherwise", err)
		}
	})
}

// Decryption is the inverse of encryption, whatever the subsamples, and clear
// bytes stay.
func TestCipherRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := newKey(t, rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "key"))
		iv := [cenc.KeySize]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "iv"))
		scheme := rapid.SampledFrom([]cenc.Scheme{cenc.CENC, cenc.CBCS}).Draw(t, "scheme")
		var list []cenc.Subsample
		var sample []byte
		for range rapid.IntRange(0, 4).Draw(t, "subsamples") {
			s := cenc.Subsample{
				Clear:     uint16(rapid.IntRange(0, 40).Draw(t, "clear")),
				Protected: uint32(rapid.IntRange(0, 400).Draw(t, "protected")),
			}
			list = append(list, s)
			sample = append(sample, make([]byte, int(s.Clear)+int(s.Protected))...)
		}
		if len(list) == 0 {
			sample = make([]byte, rapid.IntRange(0, 100).Draw(t, "size"))
		}
		c, err := cenc.NewCipher(key, scheme, cenc.PatternOf(scheme, rapid.Bool().Draw(t, "video")))
		if err != nil {
			t.Fatal(err)
		}
		work := bytes.Clone(sample)
		if err := c.Encrypt(work, iv, list); err != nil {
			t.Fatal(err)
		}
		at := 0
		for _, s := range list {
			if !bytes.Equal(work[at:at+int(s.Clear)], sample[at:at+int(s.Clear)]) {
				t.Fatal("clear bytes changed")
			}
			at += int(s.Clear) + int(s.Protected)
		}
		if err := c.Decrypt(work, iv, list); err != nil || !bytes.Equal(work, sample) {
			t.Fatal("comes back otherwise", err)
		}
		if len(list) > 0 && c.Encrypt(append(work, 0), iv, list) == nil {
			t.Fatal("accepts subsamples that leave out a byte")
		}
	})
}

// One block of ten is encrypted, from the first on, and what is no block at the
// end is not (ISO/IEC 23001-7, 9.6).
func TestPattern(t *testing.T) {
	t.Parallel()
	c, err := cenc.NewCipher(newKey(t, bytes.Repeat([]byte{7}, 16)), cenc.CBCS, cenc.PatternOf(cenc.CBCS, true))
	if err != nil {
		t.Fatal(err)
	}
	sample := make([]byte, 21*16+5)
	if err := c.Encrypt(sample, [16]byte{}, nil); err != nil {
		t.Fatal(err)
	}
	for i := range sample {
		if encrypted := i/16%10 == 0 && i < 21*16; !encrypted && sample[i] != 0 {
			t.Errorf("byte %d is encrypted", i)
		}
	}
	for _, block := range []int{0, 10, 20} {
		if bytes.Equal(sample[block*16:block*16+16], make([]byte, 16)) {
			t.Errorf("block %d is clear", block)
		}
	}
}

func TestUnsupported(t *testing.T) {
	t.Parallel()
	if _, err := cenc.NewMapper("vp09", nil, cenc.CENC); !errors.Is(err, cenc.ErrUnsupported) {
		t.Error(err)
	}
	if _, err := cenc.NewCipher(newKey(t, make([]byte, 16)), "cens", cenc.Pattern{}); !errors.Is(err, cenc.ErrUnsupported) {
		t.Error(err)
	}
	if _, err := cenc.NewCipher(cenc.Key{}, cenc.CENC, cenc.Pattern{}); err == nil {
		t.Error("encrypts without a key")
	}
}

// clip encodes a few frames and gives the decoder's configuration and the first
// samples.
func clip(t testing.TB, args string) (entry mp4.SampleEntry, samples [][]byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clip.mp4")
	argv := strings.Fields("-v error -nostdin -f lavfi -i testsrc2=s=128x72:r=25:d=0.3 -pix_fmt yuv420p " + args)
	if out, err := exec.CommandContext(t.Context(), "ffmpeg", append(argv, path)...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %s: %v\n%s", args, err, out)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mp4.ReadMovie(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range m.Tracks[0].Samples {
		samples = append(samples, data[s.Offset:s.Offset+int64(s.Size)])
	}
	return m.Tracks[0].Entry, samples
}

// Whatever the samples hold, subsamples fill them, or they are refused. The
// second sample is read with what the first one has left behind.
func FuzzMapper(f *testing.F) {
	for _, args := range []string{
		"-c:v libx264 -preset veryfast -x264-params slices=2",
		"-c:v libx265 -preset veryfast -x265-params log-level=none",
		"-c:v libsvtav1 -preset 12",
	} {
		entry, samples := clip(f, args)
		f.Add(entry.Format, entry.Config, samples[0], samples[1], true)
		f.Add(entry.Format, entry.Config, samples[0], samples[2], false)
	}
	f.Fuzz(func(t *testing.T, format string, configuration, first, second []byte, cbcs bool) {
		scheme := cenc.CENC
		if cbcs {
			scheme = cenc.CBCS
		}
		m, err := cenc.NewMapper(format, configuration, scheme)
		if err != nil {
			wantKnown(t, err)
			return
		}
		for _, sample := range [][]byte{first, second} {
			list, err := m.Map(sample)
			if err != nil {
				wantKnown(t, err)
				continue
			}
			total := 0
			for _, s := range list {
				total += int(s.Clear) + int(s.Protected)
				if scheme == cenc.CENC && s.Protected%cenc.KeySize != 0 {
					t.Fatalf("%d bytes are protected", s.Protected)
				}
			}
			if len(list) > 0 && total != len(sample) {
				t.Fatalf("subsamples of %d bytes for a sample of %d", total, len(sample))
			}
		}
	})
}

func wantKnown(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, cenc.ErrMalformed) && !errors.Is(err, cenc.ErrUnsupported) {
		t.Fatalf("neither malformed nor unsupported: %v", err)
	}
}
