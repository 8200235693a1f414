package mp4

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/media/cenc"
)

const (
	testKey = "00112233445566778899aabbccddeeff"
	testKID = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
)

func mustHex(t testing.TB, text string) []byte {
	t.Helper()
	out, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func mustKey(t testing.TB, text string) cenc.Key {
	t.Helper()
	key, err := cenc.NewKey(mustHex(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// encryption is what the tests encrypt with.
func encryption(t testing.TB, scheme cenc.Scheme) Encryption {
	t.Helper()
	e := Encryption{Scheme: scheme, Key: mustKey(t, testKey), KID: cenc.KeyID(mustHex(t, testKID))}
	copy(e.IV[:], mustHex(t, "0f0e0d0c0b0a09080706050403020100"))
	return e
}

// writeEncrypted gives header and segments of the clip's only track.
func writeEncrypted(t testing.TB, clip []byte, perSegment int, encryption Encryption) (header []byte, list [][]byte) {
	t.Helper()
	track := readMovie(t, clip).Tracks[0]
	cut := segments(track, perSegment)
	timing := TimingOf(cut)
	e, err := NewEncryptor(track, encryption)
	if err != nil {
		t.Fatal(err)
	}
	header = InitSegment(track, "nor", timing, e)
	for _, s := range cut {
		var b bytes.Buffer
		sizes, err := WriteSegment(&b, bytes.NewReader(clip), track, s, timing, e)
		if err != nil {
			t.Fatal(err)
		}
		if sizes.Total != int64(b.Len()) {
			t.Errorf("segment %d: %d bytes, told %d", s.Number, b.Len(), sizes.Total)
		}
		list = append(list, b.Bytes())
	}
	return header, list
}

// protectedClips are of each codec that is encrypted.
func protectedClips() map[string]string {
	const picture = "-f lavfi -i testsrc2=s=320x180:r=25:d=2 -pix_fmt yuv420p "
	return map[string]string{
		"avc1":        clipVideo,
		"avc1 slices": picture + "-c:v libx264 -preset veryfast -g 25 -x264-params slices=4:weightp=2:bframes=3:b-pyramid=normal:ref=5:scenecut=0:open-gop=0",
		"avc1 cavlc":  picture + "-c:v libx264 -profile:v baseline -g 25 -x264-params scenecut=0",
		"avc1 field":  picture + "-c:v libx264 -flags +ildct+ilme -x264-params tff=1:scenecut=0 -g 25",
		"avc1 fade":   "-f lavfi -i testsrc2=s=320x180:r=25:d=2,fade=d=2 -pix_fmt yuv420p -c:v libx264 -preset slow -g 25 -x264-params scenecut=0:open-gop=0:weightb=1",
		"hvc1":        picture + "-c:v libx265 -preset medium -tag:v hvc1 -x265-params log-level=none:keyint=25:min-keyint=25:scenecut=0:open-gop=0:wpp=1",
		"hvc1 slices": picture + "-c:v libx265 -preset veryfast -tag:v hvc1 -x265-params log-level=none:keyint=25:scenecut=0:open-gop=0:slices=2:weightb=1",
		"hev1 10 bit": "-f lavfi -i testsrc2=s=320x180:r=25:d=2,fade=d=2 -pix_fmt yuv420p10le -c:v libx265 -preset slow -tag:v hev1 -x265-params log-level=none:keyint=25:scenecut=0:open-gop=0",
		"av01":        picture + "-c:v libsvtav1 -preset 10 -g 25 -svtav1-params keyint=25",
		"av01 tiles":  "-f lavfi -i testsrc2=s=640x360:r=25:d=1 -pix_fmt yuv420p10le -c:v libsvtav1 -preset 8 -g 25 -svtav1-params tile-columns=1:tile-rows=1:film-grain=8",
		"mp4a":        clipAudio,
		"Opus":        "-f lavfi -i sine=sample_rate=48000:duration=2 -ac 2 -c:a libopus -strict -2",
		"ac-3":        "-f lavfi -i sine=sample_rate=48000:duration=2 -ac 2 -c:a ac3",
	}
}

// What is decrypted from what was written is what would have been written in
// the clear, sample by sample, and was something else in between. ffmpeg, which
// has an implementation of its own, decrypts and decodes the same frames.
func TestEncryptRoundTrip(t *testing.T) {
	t.Parallel()
	for name, args := range protectedClips() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clip := makeClip(t, args)
			plainInit, plain := write(t, clip, 25)
			want := frameHashes(t, append(bytes.Clone(plainInit), bytes.Join(plain, nil)...))
			for _, scheme := range []cenc.Scheme{cenc.CENC, cenc.CBCS} {
				init, list := writeEncrypted(t, clip, 25, encryption(t, scheme))
				d, err := NewDecryptor(init, mustKey(t, testKey))
				if err != nil {
					t.Fatal(err)
				}
				if d.KID() != cenc.KeyID(mustHex(t, testKID)) {
					t.Errorf("%s: KID %s", scheme, d.KID())
				}
				clear := d.Init()
				for i, segment := range list {
					back, err := d.Segment(segment)
					if err != nil {
						t.Fatalf("%s: segment %d: %v", scheme, i+1, err)
					}
					if !bytes.Equal(payload(t, back), payload(t, plain[i])) {
						t.Errorf("%s: segment %d comes back as something else", scheme, i+1)
					}
					if bytes.Equal(payload(t, segment), payload(t, plain[i])) {
						t.Errorf("%s: segment %d is not encrypted", scheme, i+1)
					}
					clear = append(clear, back...)
				}
				if diff := cmp.Diff(want, frameHashes(t, clear)); diff != "" {
					t.Errorf("%s: decrypted segments decode otherwise (-/+):\n%s", scheme, diff)
				}
				whole := append(init, bytes.Join(list, nil)...)
				if diff := cmp.Diff(want, frameHashes(t, whole, ffmpegDecrypts()...)); diff != "" {
					t.Errorf("%s: ffmpeg decrypts something else (-/+):\n%s", scheme, diff)
				}
			}
		})
	}
}

// ffmpegDecrypts are options to read an encrypted file fragment by fragment: if
// ffmpeg 5.1 reads all of them beforehand, it decrypts the samples of the first
// one with what is said of the last.
func ffmpegDecrypts() []string {
	return []string{"-fflags", "+ignidx", "-decryption_key", testKey}
}

// payload is what mdat holds.
func payload(t *testing.T, segment []byte) []byte {
	t.Helper()
	mdat, ok := find(segment, "mdat")
	if !ok {
		t.Fatal("there is no mdat")
	}
	return mdat
}

// With another key nothing decodes.
func TestWrongKey(t *testing.T) {
	t.Parallel()
	clip := makeClip(t, clipVideo)
	init, list := writeEncrypted(t, clip, 25, encryption(t, cenc.CENC))
	_, plain := write(t, clip, 25)
	d, err := NewDecryptor(init, mustKey(t, strings.Repeat("1", 32)))
	if err != nil {
		t.Fatal(err)
	}
	back, err := d.Segment(list[0])
	if err != nil || bytes.Equal(payload(t, back), payload(t, plain[0])) {
		t.Errorf("decrypted with another key: %v", err)
	}
}

// No two samples have the same vector in cenc, whatever segment they are in.
func TestVectorsDiffer(t *testing.T) {
	t.Parallel()
	clip := makeClip(t, clipVideo)
	init, list := writeEncrypted(t, clip, 10, encryption(t, cenc.CENC))
	d, err := NewDecryptor(init, mustKey(t, testKey))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[cenc.KeySize]byte]bool{}
	for _, segment := range list {
		media, err := ReadMedia(bytes.NewReader(segment), int64(len(segment)), d.track)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range media.Fragments {
			traf, err := d.traf(segment, f.Offset)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := d.auxiliary(segment, traf, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range plan {
				if seen[s.iv] {
					t.Errorf("vector %x comes twice", s.iv)
				}
				seen[s.iv] = true
			}
		}
	}
	if len(seen) != 50 {
		t.Errorf("%d vectors of 50 samples", len(seen))
	}
}

func TestTooManySlices(t *testing.T) {
	t.Parallel()
	clip := makeClip(t, "-f lavfi -i testsrc2=s=320x1440:r=5:d=0.4 -pix_fmt yuv420p -c:v libx264 -preset ultrafast -crf 10 -x264-params slices=60")
	track := readMovie(t, clip).Tracks[0]
	e, err := NewEncryptor(track, encryption(t, cenc.CBCS))
	if err != nil {
		t.Fatal(err)
	}
	cut := segments(track, 10)
	var b bytes.Buffer
	if _, err := WriteSegment(&b, bytes.NewReader(clip), track, cut[0], TimingOf(cut), e); !errors.Is(err, cenc.ErrUnsupported) || b.Len() > 0 {
		t.Errorf("%d bytes written, %v", b.Len(), err)
	}
}

func FuzzDecrypt(f *testing.F) {
	for _, args := range []string{clipVideo, clipAudio} {
		for _, scheme := range []cenc.Scheme{cenc.CENC, cenc.CBCS} {
			init, list := writeEncrypted(f, makeClip(f, args), 5, encryption(f, scheme))
			f.Add(init, list[0])
		}
	}
	key := mustKey(f, testKey)
	f.Fuzz(func(t *testing.T, init, segment []byte) {
		d, err := NewDecryptor(init, key)
		if err == nil {
			_, err = d.Segment(segment)
		}
		if err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, cenc.ErrUnsupported) {
			t.Fatalf("neither malformed nor unsupported: %v", err)
		}
	})
}
