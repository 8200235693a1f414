package mp4

import (
	"bytes"
	"errors"
	"testing"
)

// Fragments as ffmpeg writes them in its various ways are read alike.
func TestReadMedia(t *testing.T) {
	t.Parallel()
	for _, flags := range []string{
		"frag_keyframe+empty_moov",
		"frag_keyframe+empty_moov+default_base_moof",
		"frag_keyframe+empty_moov+dash+global_sidx",
		"frag_keyframe+empty_moov+omit_tfhd_offset",
		"cmaf+empty_moov+delay_moov",
	} {
		for _, args := range []string{clipVideo, clipAudio} {
			data := makeClip(t, args+" -movflags "+flags)
			track := readMovie(t, data).Tracks[0]
			s, err := ReadMedia(bytes.NewReader(data), int64(len(data)), track)
			if err != nil {
				t.Errorf("%s: %v", flags, err)
				continue
			}
			count, next := 0, int64(0)
			for i, f := range s.Fragments {
				if i > 0 && f.Start != next {
					t.Errorf("%s: fragment %d starts at %d instead of %d", flags, i, f.Start, next)
				}
				if !f.Samples[0].Sync || f.Encrypted != -1 {
					t.Errorf("%s: fragment %d: %+v", flags, i, f.Samples[0])
				}
				last := f.Samples[len(f.Samples)-1]
				next = last.Decode + int64(last.Duration)
				count += len(f.Samples)
			}
			want := 50
			if track.Handler == HandlerAudio {
				want = 95
			}
			if count != want || s.Declared != s.Media {
				t.Errorf("%s: %d samples, %d bytes declared, %d there", flags, count, s.Declared, s.Media)
			}
		}
	}
}

func TestReadMediaStart(t *testing.T) {
	t.Parallel()
	data := makeClip(t, clipVideo+" -movflags frag_keyframe+empty_moov+default_base_moof")
	track := readMovie(t, data).Tracks[0]
	whole, err := ReadMedia(bytes.NewReader(data), int64(len(data)), track)
	if err != nil {
		t.Fatal(err)
	}
	first := whole.Fragments[0].Samples[0]
	cut := first.Offset + int64(first.Size)
	s, err := ReadMediaStart(bytes.NewReader(data[:cut]), cut, track)
	if err != nil || len(s.Fragments) != 1 || len(s.Fragments[0].Samples) != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := ReadMedia(bytes.NewReader(data[:cut]), cut, track); !errors.Is(err, ErrMalformed) {
		t.Errorf("a segment that is cut off: %v", err)
	}
}

func TestReadIndex(t *testing.T) {
	t.Parallel()
	data := makeClip(t, clipVideo+" -movflags frag_keyframe+empty_moov+dash+global_sidx")
	index, err := ReadIndex(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(index.References) == 0 || index.References[0].Duration == 0 || index.References[0].Index {
		t.Fatalf("%+v, %v", index, err)
	}
	if r := index.References[0]; string(data[r.Offset+4:r.Offset+8]) != "moof" {
		t.Errorf("the first reference leads to %q", data[r.Offset+4:r.Offset+8])
	}
}

func FuzzReadMedia(f *testing.F) {
	for _, flags := range []string{"frag_keyframe+empty_moov", "frag_keyframe+empty_moov+dash+global_sidx"} {
		f.Add(makeClip(f, clipVideo+" -movflags "+flags))
	}
	track := &Track{ID: 1, Timescale: 1000, Defaults: Defaults{Duration: 1, Size: 1}}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, read := range []func() error{
			func() error {
				s, err := ReadMedia(bytes.NewReader(data), int64(len(data)), track)
				for _, fragment := range s.Fragments {
					for _, sample := range fragment.Samples {
						if sample.Offset < 0 || sample.Offset+int64(sample.Size) > int64(len(data)) {
							t.Fatalf("a sample lies at %d, %d bytes, in %d", sample.Offset, sample.Size, len(data))
						}
					}
				}
				return err
			},
			func() error { _, err := ReadMediaStart(bytes.NewReader(data), int64(len(data)), track); return err },
			func() error { _, err := ReadIndex(bytes.NewReader(data), int64(len(data))); return err },
			func() error { _, err := ParseAV1Sequence(data); return err },
		} {
			if err := read(); err != nil && !errors.Is(err, ErrMalformed) {
				t.Fatalf("not an ErrMalformed: %v", err)
			}
		}
	})
}
