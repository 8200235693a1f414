package check_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/check"
)

// fault is seeded into a copy of a good package.
type fault struct {
	name, rule string
	seed       func(dir string) error
}

// Every seeded fault is found, by the rule that is about it.
func TestSeededFaults(t *testing.T) {
	t.Parallel()
	c := newClips(t)
	c.standard(t)
	c.video(t, "vblack.mp4", "color=black:s=320x180:r=25", x264)
	c.video(t, "vfrozen.mp4", "color=red:s=320x180:r=25", x264)
	c.audio(t, "silent.mp4", "anullsrc=r=48000", "eng")
	names := []string{"v360.mp4", "v180.mp4", "h180.mp4", "eng.mp4", "nor.mp4"}
	good := c.packaged(t, 2, names...)
	other := c.packaged(t, 4, names...)
	black := c.packaged(t, 2, "vblack.mp4", "eng.mp4")
	frozen := c.packaged(t, 2, "vfrozen.mp4", "eng.mp4")
	silent := c.packaged(t, 2, "v180.mp4", "silent.mp4")
	low, high, hevc, eng, nor := "video_180p", "video_360p", hevcFolder(t, good), "audio_en", "audio_no"
	expect := &check.Expect{Formats: []string{check.FormatHLS, check.FormatDASH}}
	for _, name := range []string{low, high, hevc} {
		expect.Tracks = append(expect.Tracks, check.ExpectedTrack{Name: name, Kind: "video", Duration: seconds})
	}
	for _, name := range []string{eng, nor} {
		expect.Tracks = append(expect.Tracks, check.ExpectedTrack{Name: name, Kind: "audio", Duration: seconds})
	}
	faults := []fault{
		{"none", "", func(string) error { return nil }},
		{"audio track missing", "expected-track", func(dir string) error { return os.RemoveAll(filepath.Join(dir, nor)) }},
		{"audio track not in HLS", "expected-track", edit("index.m3u8", `(?m)^.*URI="audio_no/playlist.m3u8".*\n`, "")},
		{"audio track not in DASH", "same-tracks", edit("manifest.mpd", `(?s)<AdaptationSet[^>]*lang="no".*?</AdaptationSet>`, "")},
		{"black picture", "content-black", swap(black)},
		{"frozen picture", "content-frozen", swap(frozen)},
		{"silence", "content-silence", swap(silent)},
		{"short segment", "hls-extinf", copyFile(other, high+"/seg_00002.m4s", high+"/seg_00004.m4s")},
		{"bytes of a picture broken", "content-decode", damage(low + "/seg_00001.m4s")},
		{"bytes of sound broken", "content-decode", damage(eng + "/seg_00004.m4s")},
		{"boxes broken", "mp4-boxes", overwrite(low+"/seg_00002.m4s", "moof", "mooX")},
		{"segment truncated", "mp4-boxes", truncate(high+"/seg_00003.m4s", 4000)},
		{"header truncated", "mp4-boxes", truncate(high+"/init.mp4", 300)},
		{"segment missing", "file", remove(low + "/seg_00002.m4s")},
		{"playlist missing", "file", remove(low + "/playlist.m3u8")},
		{"address outside", "outside", edit("index.m3u8", `(?m)^video_360p/playlist.m3u8`, "../../x.m3u8")},
		{"audio shifted", "expected-start", shift(eng, 24000, 4)},
		{"audio shifted, nothing expected", "av-start", shift(nor, 24000, 4)},
		{"CODECS wrong", "hls-codecs", edit("index.m3u8", `avc1\.4d401e`, "avc1.640028")},
		{"@codecs wrong", "dash-codecs", edit("manifest.mpd", `avc1\.4d401e`, "avc1.640028")},
		{"codec configuration wrong", "codec-bitstream", avcLevel(high + "/init.mp4")},
		{"BANDWIDTH too low", "hls-bandwidth", edit("index.m3u8", `INF:BANDWIDTH=\d+`, "INF:BANDWIDTH=100000")},
		{"BANDWIDTH too high", "hls-bandwidth-high", edit("index.m3u8", `STREAM-INF:BANDWIDTH=(\d+)`, "STREAM-INF:BANDWIDTH=9$1")},
		{"AVERAGE-BANDWIDTH wrong", "hls-average-bandwidth", edit("index.m3u8", `AVERAGE-BANDWIDTH=\d+`, "AVERAGE-BANDWIDTH=100000")},
		{"@bandwidth too low", "dash-bandwidth", edit("manifest.mpd", `bandwidth="\d+"`, `bandwidth="40000"`)},
		{"@bandwidth too high", "dash-bandwidth-high", edit("manifest.mpd", `bandwidth="(\d+)"`, `bandwidth="9$1"`)},
		{"boundary not aligned", "align-video", unaligned(other, low)},
		{"audio boundary not aligned", "expected-boundaries", unaligned(other, eng)},
		{"no keyframe first", "mp4-sync", firstFlags(low+"/seg_00002.m4s", 0x01010000)},
		{"picture marked as keyframe is none", "mp4-sync", secondFirst(low + "/seg_00002.m4s")},
		{"EXTINF wrong", "hls-extinf", edit(low+"/playlist.m3u8", `EXTINF:2\.000000`, "EXTINF:1.900000")},
		{"target duration too small", "hls-target-duration", edit(low+"/playlist.m3u8", `TARGETDURATION:\d+`, "TARGETDURATION:1")},
		{"LANGUAGE wrong", "language-same", edit("index.m3u8", `LANGUAGE="no"`, `LANGUAGE="de"`)},
		{"LANGUAGE is none", "language-tag", edit("index.m3u8", `LANGUAGE="no"`, `LANGUAGE="norwegian-language"`)},
		{"@lang wrong", "language-same", edit("manifest.mpd", `lang="no"`, `lang="sv"`)},
		{"I-frame range too short", "hls-iframe", edit(low+"/iframes.m3u8", `BYTERANGE:(\d)\d*@0`, "BYTERANGE:${1}00@0")},
		{"I-frame range off", "hls-iframe", edit(low+"/iframes.m3u8", `@0`, "@40")},
		{"I-frame playlist of another rendition", "hls-resolution", edit("index.m3u8", `URI="video_180p/iframes.m3u8"`, `URI="video_360p/iframes.m3u8"`)},
		{"RESOLUTION wrong", "hls-resolution", edit("index.m3u8", `RESOLUTION=640x360`, "RESOLUTION=1280x720")},
		{"FRAME-RATE wrong", "hls-frame-rate", edit("index.m3u8", `FRAME-RATE=25\.000`, "FRAME-RATE=29.970")},
		{"@width wrong", "dash-picture", edit("manifest.mpd", `width="640" height="360"`, `width="854" height="480"`)},
		{"timescale of the manifest wrong", "dash-times", edit("manifest.mpd", `timescale="12800"`, `timescale="12288"`)},
		{"duration of the manifest wrong", "dash-duration", edit("manifest.mpd", `mediaPresentationDuration="PT[\d.]+S"`, `mediaPresentationDuration="PT9S"`)},
		{"gap in decode times", "mp4-continuity", shiftOne(low+"/seg_00003.m4s", 512)},
		{"segment twice", "mp4-continuity", copyWithin(low+"/seg_00001.m4s", low+"/seg_00002.m4s")},
		{"segments swapped", "mp4-continuity", swapFiles(low+"/seg_00002.m4s", low+"/seg_00003.m4s")},
		{"sample entry of another codec", "expected-track", copyWithin(eng+"/init.mp4", low+"/init.mp4")},
		{"ENDLIST missing", "hls-end", edit(low+"/playlist.m3u8", `#EXT-X-ENDLIST\n`, "")},
		{"EXTM3U missing", "hls-syntax", edit(low+"/playlist.m3u8", `#EXTM3U\n`, "")},
		{"version too low", "hls-version", edit(low+"/playlist.m3u8", `VERSION:\d+`, "VERSION:3")},
		{"group missing", "hls-group", edit("index.m3u8", `,AUDIO="[^"]*"`, `,AUDIO="nothing"`)},
		{"two defaults", "hls-group", edit("index.m3u8", `DEFAULT=NO`, "DEFAULT=YES")},
		{"CHANNELS wrong", "hls-channels", edit("index.m3u8", `CHANNELS="2"`, `CHANNELS="6"`)},
		{"VIDEO-RANGE wrong", "hls-video-range", edit("index.m3u8", `(,VIDEO-RANGE=SDR)?,CLOSED-CAPTIONS=NONE`, ",VIDEO-RANGE=PQ,CLOSED-CAPTIONS=NONE")},
		{"encryption that is none", "protection", edit(low+"/playlist.m3u8", `#EXT-X-MAP`, "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"https://k.example/1\"\n#EXT-X-MAP")},
		{"key in the playlist", "key-exposed", edit(low+"/playlist.m3u8", `#EXT-X-MAP`, "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"data:text/plain;base64,AAECAwQFBgcICQoLDA0ODw==\"\n#EXT-X-MAP")},
		{"manifest is no XML", "dash-syntax", edit("manifest.mpd", `</Period>`, "")},
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "copy")
			if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
				t.Fatal(err)
			}
			if err := f.seed(dir); err != nil {
				t.Fatal(err)
			}
			content := strings.HasPrefix(f.rule, "content-")
			report := c.checked(t, dir, func(o *check.Options) {
				if o.Expect = expect; content {
					o.Expect = nil
				}
				if !content && f.rule != "" {
					o.Tools = nil // what is not about content is found without decoding
				}
			})
			if f.rule == "" {
				wantClean(t, f.name, report, 5)
				return
			}
			wantFinding(t, report, f.rule)
		})
	}
}

func wantFinding(t *testing.T, r *check.Report, rule string) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Rule == rule && f.Severity != check.Info {
			return
		}
	}
	t.Errorf("rule %s found nothing; there is:", rule)
	for _, f := range r.Findings {
		t.Logf("%s %s: %s: %s", f.Severity, f.Rule, f.Where, f.Message)
	}
}

// hevcFolder is the folder of the HEVC rendition.
func hevcFolder(t *testing.T, dir string) string {
	t.Helper()
	headers, err := filepath.Glob(filepath.Join(dir, "video_*", "init.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range headers {
		if data, err := os.ReadFile(name); err == nil && bytes.Contains(data, []byte("hvc1")) {
			return filepath.Base(filepath.Dir(name))
		}
	}
	t.Fatal("there is no HEVC rendition")
	return ""
}

// change rewrites a file.
func change(name string, with func([]byte) ([]byte, error)) func(string) error {
	return func(dir string) error {
		path := filepath.Join(dir, filepath.FromSlash(name))
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if data, err = with(data); err != nil {
			return err
		}
		return os.WriteFile(path, data, 0o600)
	}
}

func edit(name, pattern, with string) func(string) error {
	return change(name, func(data []byte) ([]byte, error) {
		out := regexp.MustCompile(pattern).ReplaceAll(data, []byte(with))
		if bytes.Equal(out, data) {
			return nil, fmt.Errorf("%s does not hold %s:\n%s", name, pattern, data)
		}
		return out, nil
	})
}

func overwrite(name, old, with string) func(string) error {
	return change(name, func(data []byte) ([]byte, error) { return bytes.Replace(data, []byte(old), []byte(with), 1), nil })
}

func truncate(name string, size int64) func(string) error {
	return func(dir string) error { return os.Truncate(filepath.Join(dir, name), size) }
}

func remove(name string) func(string) error {
	return func(dir string) error { return os.Remove(filepath.Join(dir, name)) }
}

// swap puts another package in the place of the good one.
func swap(other string) func(string) error {
	return func(dir string) error {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		return os.CopyFS(dir, os.DirFS(other))
	}
}

func copyFile(from, name, to string) func(string) error {
	return func(dir string) error {
		data, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, to), data, 0o600)
	}
}

func copyWithin(name, to string) func(string) error {
	return func(dir string) error { return copyFile(dir, name, to)(dir) }
}

func swapFiles(a, b string) func(string) error {
	return func(dir string) error {
		spare := filepath.Join(dir, "spare")
		for _, move := range [][2]string{{filepath.Join(dir, a), spare}, {filepath.Join(dir, b), filepath.Join(dir, a)}, {spare, filepath.Join(dir, b)}} {
			if err := os.Rename(move[0], move[1]); err != nil {
				return err
			}
		}
		return nil
	}
}

// unaligned takes a track from the package with other boundaries, with the
// playlists that fit it.
func unaligned(other, track string) func(string) error {
	return func(dir string) error {
		path := filepath.Join(dir, track)
		if err := os.RemoveAll(path); err != nil {
			return err
		}
		if err := os.CopyFS(path, os.DirFS(filepath.Join(other, track))); err != nil {
			return err
		}
		if strings.HasPrefix(track, "audio") { // of two segments, the second begins in the first of the video
			return shiftOne(track+"/seg_00002.m4s", -24000)(dir)
		}
		return nil
	}
}

// damage overwrites coded frames.
func damage(name string) func(string) error {
	return change(name, func(data []byte) ([]byte, error) {
		for i := len(data) / 3; i < len(data); i++ {
			data[i] ^= byte(i*7 + 13)
		}
		return data, nil
	})
}

// shiftOne moves the decode time of a segment.
func shiftOne(name string, units int64) func(string) error {
	return change(name, func(data []byte) ([]byte, error) {
		at := bytes.Index(data, []byte("tfdt")) + 8
		binary.BigEndian.PutUint64(data[at:], uint64(int64(binary.BigEndian.Uint64(data[at:]))+units))
		return data, nil
	})
}

// shift moves all segments of a track.
func shift(track string, units int64, segments int) func(string) error {
	return func(dir string) error {
		for i := range segments {
			if err := shiftOne(fmt.Sprintf("%s/seg_%05d.m4s", track, i+1), units)(dir); err != nil {
				return err
			}
		}
		return nil
	}
}

// firstFlags sets the flags of the first sample of a segment.
func firstFlags(name string, flags uint32) func(string) error {
	return change(name, func(data []byte) ([]byte, error) {
		at := bytes.Index(data, []byte("trun")) + 4 + 12 + 8
		binary.BigEndian.PutUint32(data[at:], flags)
		return data, nil
	})
}

// secondFirst turns the first coded picture, an IDR one, into one that is not.
func secondFirst(name string) func(string) error {
	return change(name, func(data []byte) ([]byte, error) {
		at := bytes.Index(data, []byte("mdat")) + 4
		for at+4 < len(data) {
			size := int(binary.BigEndian.Uint32(data[at:]))
			if data[at+4]&31 == 5 {
				data[at+4] = data[at+4]&^31 | 1
				return data, nil
			}
			at += 4 + size
		}
		return nil, fmt.Errorf("%s has no IDR picture", name)
	})
}

// avcLevel changes the level in avcC alone.
func avcLevel(name string) func(string) error {
	return change(name, func(data []byte) ([]byte, error) {
		at := bytes.Index(data, []byte("avcC"))
		if at < 0 {
			return nil, fmt.Errorf("%s has no avcC", name)
		}
		data[at+7]++
		return data, nil
	})
}
