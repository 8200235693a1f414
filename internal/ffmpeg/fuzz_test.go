package ffmpeg

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func FuzzParseProbe(f *testing.F) {
	f.Add([]byte(`{"streams":[{"index":0,"codec_type":"video","codec_name":"h264","width":640,"height":360,"sample_aspect_ratio":"4:3","pix_fmt":"yuv420p10le","r_frame_rate":"30000/1001","avg_frame_rate":"0/0","duration":"4.004","nb_frames":"120","disposition":{"attached_pic":0},"tags":{"language":"eng","DURATION":"00:00:04.004000000"},"side_data_list":[{"side_data_type":"Display Matrix","rotation":-90}]}],"format":{"format_name":"mov,mp4","duration":"4.004","size":"1000"}}`))
	f.Add([]byte(`{"streams":[{"index":0,"width":-1,"duration":"1e300","r_frame_rate":"9223372036854775807/-1","tags":{"language":"../../etc"}}],"format":{"duration":"NaN"}}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parseProbe(b)
		if err != nil {
			return
		}
		if p.Duration < 0 || p.Duration > maxDuration || p.Size < 0 {
			t.Errorf("%+v", p)
		}
		for _, s := range p.Streams {
			if s.Width < 0 || s.Height < 0 || s.Duration < 0 || s.Duration > maxDuration+24*time.Hour || s.SampleRate < 0 || s.Channels < 0 ||
				s.SAR.Den < 0 || s.RealRate.Num < 0 || s.Rotation < -180 || s.Rotation > 180 {
				t.Errorf("%+v", s)
			}
			if strings.ContainsAny(s.Language, "/. \x00\n") || len(s.Title) > 200 || !utf8.ValidString(s.Title) {
				t.Errorf("texts %q %q", s.Language, s.Title)
			}
		}
	})
}

func FuzzParseMastering(f *testing.F) {
	f.Add([]byte(`{"frames":[{"side_data_list":[{"side_data_type":"Mastering display metadata","red_x":"34000/50000","red_y":"16000/50000","green_x":"13250/50000","green_y":"34500/50000","blue_x":"7500/50000","blue_y":"3000/50000","white_point_x":"15635/50000","white_point_y":"16450/50000","min_luminance":"50/10000","max_luminance":"10000000/10000"},{"side_data_type":"Content light level metadata","max_content":1000,"max_average":400}]}],"streams":[{"side_data_list":[]}]}`))
	f.Add([]byte(`{"frames":[{"side_data_list":[{"side_data_type":"Mastering display metadata","red_x":"1e300/1e-300"},{"side_data_type":"Content light level metadata","max_content":-1}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseMastering(b)
		if err != nil || m == nil {
			return
		}
		for _, p := range [][2]int{m.Red, m.Green, m.Blue, m.White} {
			if p[0] < 0 || p[0] > 50000 || p[1] < 0 || p[1] > 50000 || (p[0] == 0) != (m.MaxLuminance == 0) {
				t.Errorf("%+v", m)
			}
		}
		if m.MinLuminance < 0 || m.MaxLuminance > 1e8 || m.MaxLuminance > 0 && m.MinLuminance >= m.MaxLuminance ||
			m.MaxContent < 0 || m.MaxContent > 65535 || m.MaxAverage < 0 || m.MaxAverage > m.MaxContent {
			t.Errorf("%+v", m)
		}
	})
}

const loudnessLog = `[ebur128@t0 @ 0x55a0d74c8a00] [info] Summary:

  Integrated loudness:
    I:         -70.0 LUFS
    Threshold:   0.0 LUFS

  True peak:
    Peak:       -inf dBFS
[info] Stream mapping:
[ebur128@t0 @ 0x55a0d74cff80] [info] Summary:

  Integrated loudness:
    I:         -21.8 LUFS
    Threshold: -31.8 LUFS

  Loudness range:
    LRA:         0.0 LU
    LRA low:   -21.8 LUFS

  True peak:
    Peak:      -18.1 dBFS
`

func TestParseLoudness(t *testing.T) {
	t.Parallel()
	got := ParseLoudness(loudnessLog)
	if len(got) != 1 || len(got["t0"]) != 1 || got["t0"][0] != (Loudness{Integrated: -21.8, TruePeak: -18.1}) {
		t.Errorf("%+v", got)
	}
}

func FuzzParseLoudness(f *testing.F) {
	f.Add(loudnessLog)
	f.Add("[ebur128@x @ 0x1] Summary:\n    I: -inf LUFS\n    Peak: 999.9 dBFS\n")
	f.Fuzz(func(t *testing.T, log string) {
		for name, all := range ParseLoudness(log) {
			for _, l := range all {
				if name == "" || !(l.Integrated > -70 && l.Integrated <= 10) || !(l.TruePeak >= -200 && l.TruePeak <= 200) {
					t.Errorf("%q: %+v", name, l)
				}
			}
		}
	})
}

func FuzzProgress(f *testing.F) {
	f.Add([]byte("frame=1\nout_time_us=N/A\nprogress=continue\nout_time_us=40000\nprogress=end\n"), 7)
	f.Add([]byte("out_time_us=-1\nout_time_us=99999999999999999999\n"), 1)
	f.Add([]byte(strings.Repeat("x", 1000)+"\nout_time_us=5\n"), 300)
	f.Fuzz(func(t *testing.T, b []byte, chunk int) {
		collect := func(size int) []time.Duration {
			var got []time.Duration
			p := &progress{moved: func(at time.Duration) { got = append(got, at) }}
			for rest := b; len(rest) > 0; {
				n := min(size, len(rest))
				if wrote, err := p.Write(rest[:n]); wrote != n || err != nil {
					t.Fatalf("wrote %d of %d: %v", wrote, n, err)
				}
				rest = rest[n:]
			}
			return got
		}
		whole, parts := collect(max(len(b), 1)), collect(min(max(chunk, 1), 512))
		if len(whole) != len(parts) {
			t.Errorf("%v in one write, %v in several", whole, parts)
		}
		for i, at := range whole {
			if at < 0 || at > maxDuration || i > 0 && at <= whole[i-1] {
				t.Errorf("times %v", whole)
			}
		}
	})
}

func TestTailKeepsTheEnd(t *testing.T) {
	t.Parallel()
	log := &tail{max: 10}
	for _, line := range []string{"first\n", "second\n", "third \xff\n"} {
		if _, err := log.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	if got := log.String(); got != "third \uFFFD" {
		t.Errorf("got %q", got)
	}
}
