package mp4

import (
	"bytes"
	"errors"
	"testing"
)

func TestReadVideo(t *testing.T) {
	t.Parallel()
	data := makeClip(t, clipVideo)
	m := readMovie(t, data)
	if len(m.Tracks) != 1 || m.Fragmented {
		t.Fatalf("%d tracks, fragmented %t", len(m.Tracks), m.Fragmented)
	}
	v := m.Tracks[0]
	if v.Handler != HandlerVideo || v.Entry.Width != 128 || v.Entry.Height != 72 || v.Entry.Codecs != "avc1.64000b" {
		t.Errorf("handler %s, entry %+v", v.Handler, v.Entry)
	}
	if len(v.Samples) != 50 {
		t.Fatalf("%d samples", len(v.Samples))
	}
	// The edit list takes the delay of B-frames off: the first frame is at 0,
	// and frames are a 25th of a second apart once sorted.
	seen := map[int64]bool{}
	for i, s := range v.Samples {
		seen[s.PTS] = true
		if s.Sync != (i%25 == 0) {
			t.Errorf("sample %d: sync %t", i, s.Sync)
		}
	}
	for i := range int64(50) {
		if !seen[i*int64(v.Timescale)/25] {
			t.Errorf("no frame is shown at %d/25 s", i)
		}
	}
}

func TestReadAudio(t *testing.T) {
	t.Parallel()
	a := readMovie(t, makeClip(t, clipAudio)).Tracks[0]
	e := a.Entry
	if e.Codecs != "mp4a.40.2" || e.Channels != 2 || e.ChannelConfiguration != 2 || e.SampleRate != 48000 || a.Language != "nor" {
		t.Errorf("language %s, entry %+v", a.Language, e)
	}
	if a.Samples[0].PTS != -1024 || a.Samples[1].PTS != 0 {
		t.Errorf("priming: first samples at %d and %d", a.Samples[0].PTS, a.Samples[1].PTS)
	}
}

// Codec strings of other streams that end up in MP4.
func TestCodecs(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, args, codecs string
		channels           int
	}{
		{"HEVC", "-f lavfi -i testsrc2=s=128x72:r=25:d=1 -pix_fmt yuv420p -c:v libx265 -x265-params log-level=none -tag:v hvc1", "hvc1.1.6.L30.90", 0},
		{"AC-3 5.1", "-f lavfi -i anoisesrc=d=1 -ac 6 -c:a ac3", "ac-3", 6},
		{"E-AC-3", "-f lavfi -i anoisesrc=d=1 -ac 6 -c:a eac3", "ec-3", 6},
		{"AAC 5.1", "-f lavfi -i anoisesrc=d=1 -ac 6 -c:a aac", "mp4a.40.2", 6},
		{"AAC mono", "-f lavfi -i sine=d=1 -ac 1 -c:a aac", "mp4a.40.2", 1},
		{"Opus", "-f lavfi -i sine=d=1 -ac 2 -c:a libopus", "opus", 2},
		{"Opus 5.1", "-f lavfi -i anoisesrc=d=1 -af aformat=channel_layouts=5.1 -c:a libopus", "opus", 6},
		{"HEVC 10 bit", "-f lavfi -i testsrc2=s=128x72:r=25:d=1 -pix_fmt yuv420p10le -c:v libx265 -x265-params log-level=none -tag:v hvc1", "hvc1.2.4.L30.90", 0},
		{"AV1", "-f lavfi -i testsrc2=s=128x72:r=25:d=1 -pix_fmt yuv420p -c:v libsvtav1 -preset 12", "av01.0.00M.08", 0},
		{"AV1 HDR10", "-f lavfi -i testsrc2=s=128x72:r=25:d=1 -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -c:v libsvtav1 -preset 12", "av01.0.00M.10.0.110.09.16.09.0", 0},
		{"MP3", "-f lavfi -i sine=d=1 -ac 2 -c:a libmp3lame", "mp4a.6b", 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := readMovie(t, makeClip(t, tc.args)).Tracks[0].Entry
			if e.Codecs != tc.codecs || e.Channels != tc.channels {
				t.Errorf("got %s with %d channels, want %s with %d", e.Codecs, e.Channels, tc.codecs, tc.channels)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	clip := makeClip(t, clipVideo)
	moov := bytes.Index(clip, []byte("moov")) - 4 // ffmpeg puts it at the end
	for name, data := range map[string][]byte{
		"empty":         {},
		"text":          []byte("#EXTM3U\nfile:///etc/passwd\n"),
		"no moov":       clip[:moov],
		"cut off":       clip[:len(clip)-100],
		"media missing": clip[moov:],
		"half a header": {0, 0, 0, 8, 'f', 'r'},
		"huge box":      {0, 0, 0, 1, 'm', 'o', 'o', 'v', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
	} {
		if _, err := ReadMovie(bytes.NewReader(data), int64(len(data))); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A few bytes must not make the reader hold gigabytes: sample tables of one
// entry that stand for millions of samples, in many tracks, and boxes without
// content.
func TestReadRefusesBombs(t *testing.T) {
	t.Parallel()
	const samples = 4 << 20
	track := func(b *builder) {
		b.box("trak", func() {
			b.full("tkhd", 0, 3, func() { b.zeros(80) })
			b.box("mdia", func() {
				b.full("mdhd", 0, 0, func() { b.numbers(0, 0, 1000, 0, 0) })
				b.full("hdlr", 0, 0, func() { b.u32(0); b.text(HandlerAudio); b.zeros(13) })
				b.box("minf", func() {
					b.box("stbl", func() {
						b.full("stsd", 0, 0, func() { b.u32(1); b.box("twos", func() { b.zeros(28) }) })
						b.full("stts", 0, 0, func() { b.numbers(1, samples, 1) })
						b.full("stsc", 0, 0, func() { b.numbers(1, 1, samples, 1) })
						b.full("stsz", 0, 0, func() { b.numbers(1, samples) })
						b.full("stco", 0, 0, func() { b.numbers(1, 0) })
					})
				})
			})
		})
	}
	movie := func(fill func(*builder)) []byte {
		b := &builder{}
		b.box("moov", func() {
			b.full("mvhd", 0, 0, func() { b.numbers(0, 0, 1000, 0); b.zeros(80) })
			fill(b)
		})
		b.box("mdat", func() { b.zeros(samples) })
		return b.data
	}
	read := func(data []byte) (*Movie, error) { return ReadMovie(bytes.NewReader(data), int64(len(data))) }
	if m, err := read(movie(track)); err != nil || len(m.Tracks[0].Samples) != samples {
		t.Fatalf("one such track is fine, but: %v", err)
	}
	if _, err := read(movie(func(b *builder) {
		for range 100 {
			track(b)
		}
	})); !errors.Is(err, ErrMalformed) {
		t.Errorf("100 such tracks: %v", err)
	}
	if _, err := read(movie(func(b *builder) {
		for range maxBoxes {
			b.box("free", func() {})
		}
	})); !errors.Is(err, ErrMalformed) {
		t.Errorf("%d boxes: %v", maxBoxes, err)
	}
}

func FuzzReadMovie(f *testing.F) {
	for _, args := range []string{clipVideo, clipAudio, clipVideo + " -movflags frag_keyframe+empty_moov"} {
		f.Add(makeClip(f, args))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ReadMovie(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("not an ErrMalformed: %v", err)
			}
			return
		}
		for _, track := range m.Tracks {
			for _, s := range track.Samples {
				if s.Offset < 0 || s.Offset+int64(s.Size) > int64(len(data)) {
					t.Fatalf("a sample lies at %d, %d bytes, in a file of %d", s.Offset, s.Size, len(data))
				}
			}
		}
	})
}
