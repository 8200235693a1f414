package mp4

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// segments cuts a track at every n-th sample.
func segments(track *Track, n int) []Segment {
	var out []Segment
	for at := 0; at < len(track.Samples); at += n {
		stop := min(at+n, len(track.Samples))
		var end int64
		if stop < len(track.Samples) {
			end = track.Samples[stop].PTS
		} else {
			for _, s := range track.Samples {
				end = max(end, s.PTS+int64(s.Duration))
			}
		}
		out = append(out, Segment{Number: uint32(len(out) + 1), Samples: track.Samples[at:stop], End: end})
	}
	return out
}

// write gives header and segments of the clip's only track.
func write(t testing.TB, clip []byte, perSegment int) (header []byte, list [][]byte) {
	t.Helper()
	track := readMovie(t, clip).Tracks[0]
	cut := segments(track, perSegment)
	timing := TimingOf(cut)
	for _, s := range cut {
		var b bytes.Buffer
		sizes, err := WriteSegment(&b, bytes.NewReader(clip), track, s, timing, nil)
		if err != nil {
			t.Fatal(err)
		}
		if sizes.Total != int64(b.Len()) {
			t.Errorf("segment %d: %d bytes, told %d", s.Number, b.Len(), sizes.Total)
		}
		list = append(list, b.Bytes())
	}
	return InitSegment(track, "nor", timing, nil), list
}

func TestWriteAndReadBack(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, args string
		perSegment int
		mediaTime  int64
		brands     string
	}{
		{"B-frames", clipVideo, 25, 512, "iso6cmfc"},
		{"no B-frames", strings.Replace(clipVideo, "-bf 2", "-bf 0", 1), 25, 0, "iso6cmfccmf2"},
		{"audio", clipAudio, 40, 1024, "iso6cmfc"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clip := makeClip(t, tc.args)
			source := readMovie(t, clip).Tracks[0]
			init, list := write(t, clip, tc.perSegment)
			track, err := ReadInit(bytes.NewReader(init), int64(len(init)))
			if err != nil {
				t.Fatal(err)
			}
			if track.MediaTime() != tc.mediaTime || !reflect.DeepEqual(track.Entry, source.Entry) || track.Language != "nor" {
				t.Errorf("header: media time %d, language %s, entry %+v", track.MediaTime(), track.Language, track.Entry)
			}
			ftyp, _ := find(init, "ftyp")
			if string(ftyp[:4]) != "cmfc" || string(ftyp[8:]) != tc.brands {
				t.Errorf("ftyp is %q", ftyp)
			}
			next := int64(0) // the first segment has baseMediaDecodeTime 0
			samples := 0
			for i, data := range list {
				media, err := ReadMedia(bytes.NewReader(data), int64(len(data)), track)
				if err != nil || len(media.Fragments) != 1 || media.Media != media.Declared {
					t.Fatalf("segment %d: %+v, %v", i+1, media, err)
				}
				f := media.Fragments[0]
				if f.Start != next || int(f.Sequence) != i+1 || !f.Samples[0].Sync {
					t.Errorf("segment %d: %+v, expected to start at %d", i+1, f, next)
				}
				last := f.Samples[len(f.Samples)-1]
				next = last.Decode + int64(last.Duration)
				samples += len(f.Samples)
			}
			if samples != len(source.Samples) {
				t.Errorf("%d of %d samples are in segments", samples, len(source.Samples))
			}
		})
	}
}

// What ffmpeg decodes from the segments is, frame by frame and time by time,
// what it decodes from the file that they were cut from.
func TestDecodesTheSame(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, args string
		perSegment int
	}{
		{"B-frames", clipVideo, 25},
		{"no B-frames", strings.Replace(clipVideo, "-bf 2", "-bf 0", 1), 25},
		{"open end", strings.Replace(clipVideo, "d=2", "d=1.32", 1), 25},
		{"variable rate", clipVideo + " -vf select='not(mod(floor(n/3),2))' -fps_mode vfr -force_key_frames expr:eq(n,25)", 25},
		{"audio", clipAudio, 40},
	} {
		t.Run(tc.name, func(t *testing.T) {
			clip := makeClip(t, tc.args)
			init, list := write(t, clip, tc.perSegment)
			want, got := frameHashes(t, clip), frameHashes(t, append(init, bytes.Join(list, nil)...))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("original and segments differ (-/+):\n%s", diff)
			}
		})
	}
}

// frameHashes lists time and hash of every decoded frame from time 0 on; in
// fragmented files ffmpeg does not drop what an edit list hides, but gives it
// times below 0.
func frameHashes(t *testing.T, data []byte, options ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.mp4")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-v", "error", "-copyts"}, options...)
	args = append(args, "-i", path, "-fps_mode", "passthrough", "-f", "framehash", "-")
	out, err := exec.CommandContext(t.Context(), "ffmpeg", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(out)) {
		if fields := strings.Split(line, ","); !strings.HasPrefix(line, "#") && len(fields) == 6 && !strings.Contains(fields[2], "-") {
			b.WriteString(fields[2] + fields[5]) // time and hash
		}
	}
	return b.String()
}

func FuzzReadInit(f *testing.F) {
	init, list := write(f, makeClip(f, clipVideo), 25)
	f.Add(init)
	f.Add(list[0][:2000])
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := ReadInit(bytes.NewReader(data), int64(len(data))); err != nil && !errors.Is(err, ErrMalformed) {
			t.Fatalf("not an ErrMalformed: %v", err)
		}
	})
}
