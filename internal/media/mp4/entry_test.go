package mp4

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// Depth and colour of real files, as they were asked for.
func TestEntryColour(t *testing.T) {
	t.Parallel()
	const (
		source = "-f lavfi -i testsrc2=s=128x72:r=25:d=0.4 "
		hdr    = "-pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc "
	)
	for _, tc := range []struct {
		name, args string
		depth      int
		colour     Colour
	}{
		{"H.264", source + "-pix_fmt yuv420p -color_primaries bt709 -color_trc bt709 -colorspace bt709 -c:v libx264", 8, Colour{1, 1, 1, false}},
		{"H.264 10 bit, not said", source + "-pix_fmt yuv420p10le -c:v libx264", 10, Colour{}},
		{"HEVC HDR10", source + hdr + "-c:v libx265 -x265-params log-level=none -tag:v hvc1", 10, Colour{9, 16, 9, false}},
		{"AV1 HDR10", source + hdr + "-c:v libsvtav1 -preset 12", 10, Colour{9, 16, 9, false}},
	} {
		e := readMovie(t, makeClip(t, tc.args)).Tracks[0].Entry
		if e.BitDepth != tc.depth || e.Colour != tc.colour || len(e.Config) == 0 {
			t.Errorf("%s: %d bit, %+v, %d bytes of configuration", tc.name, e.BitDepth, e.Colour, len(e.Config))
		}
	}
}

func TestAV1Sequence(t *testing.T) {
	t.Parallel()
	e := readMovie(t, makeClip(t, "-f lavfi -i testsrc2=s=130x74:r=25:d=0.4 -pix_fmt yuv420p10le -color_range pc -c:v libsvtav1 -preset 12")).Tracks[0].Entry
	s, err := ParseAV1Sequence(e.Config[4:])
	want := AV1Sequence{Width: 130, Height: 74, BitDepth: 10, Colour: Colour{2, 2, 2, true}}
	s.Level = 0
	if err != nil || s != want {
		t.Errorf("%+v, %v", s, err)
	}
	for _, cut := range [][]byte{nil, e.Config[4:8], {0xff, 0xff, 0xff}} {
		if _, err := ParseAV1Sequence(cut); err == nil {
			t.Errorf("% x is taken for a sequence header", cut)
		}
	}
}

// ffmpeg writes cenc; what it says of the entry is read back.
func TestProtectedEntry(t *testing.T) {
	t.Parallel()
	const kid = "000102030405060708090a0b0c0d0e0f"
	const key = " -encryption_scheme cenc-aes-ctr -encryption_key 00112233445566778899aabbccddeeff -encryption_kid " + kid
	for args, codecs := range map[string]string{clipVideo + key: "avc1.64000b", clipAudio + key: "mp4a.40.2"} {
		e := readMovie(t, makeClip(t, args)).Tracks[0].Entry
		if !e.Protected() || e.Scheme != "cenc" || hex.EncodeToString(e.DefaultKID[:]) != kid || e.IVSize != 8 ||
			e.Codecs != codecs || e.Format != codecs[:4] {
			t.Errorf("%+v", e)
		}
	}
}

// The form of cbcs: a constant IV and a pattern.
func TestProtectionPattern(t *testing.T) {
	t.Parallel()
	b := &builder{}
	b.box("frma", func() { b.text("hvc1") })
	b.full("schm", 0, 0, func() { b.text("cbcs"); b.u32(0x10000) })
	b.box("schi", func() {
		b.full("tenc", 1, 0, func() {
			b.raw([]byte{0, 0x19, 1, 0})
			b.raw(bytes.Repeat([]byte{7}, 16))
			b.u8(16)
			b.raw(bytes.Repeat([]byte{9}, 16))
		})
	})
	e := SampleEntry{Format: "encv"}
	if err := e.parseProtection([]box{{"sinf", b.data}}); err != nil {
		t.Fatal(err)
	}
	if e.Format != "hvc1" || e.Scheme != "cbcs" || e.CryptBlocks != 1 || e.SkipBlocks != 9 || e.IVSize != 0 ||
		!bytes.Equal(e.ConstantIV, bytes.Repeat([]byte{9}, 16)) || e.DefaultKID[15] != 7 {
		t.Errorf("%+v", e)
	}
	if err := e.parseProtection([]box{{"sinf", b.data[:40]}}); err == nil {
		t.Error("a sinf that is cut off is taken")
	}
}
