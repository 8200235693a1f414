package manifest

import (
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// video is a rendition of 25 frames per second with segments of these sizes,
// four seconds each but the last with two.
func video(height int, codecs string, sizes ...int64) Track {
	t := Track{
		Folder: fmt.Sprintf("video_%dp", height), Codecs: codecs, Timescale: 12800, Frame: 0.04,
		Width: height * 16 / 9, Height: height, SARNum: 1, SARDen: 1, FrameRate: Rate{25, 1},
	}
	for i, size := range sizes {
		s := Segment{Start: int64(i) * 51200, Duration: 51200, Size: size, FirstSample: size / 10}
		if i == len(sizes)-1 {
			s.Duration = 25600
		}
		t.Segments = append(t.Segments, s)
	}
	return t
}

// coded is the rendition in another codec, with its bits and dynamic range.
func coded(t Track, name, codecs, videoRange string, percent int64) Track {
	t.Folder += "_" + name
	t.Codecs, t.VideoRange = codecs, videoRange
	segments := t.Segments
	t.Segments = nil
	for _, s := range segments {
		s.Size, s.FirstSample = s.Size*percent/100, s.FirstSample*percent/100
		t.Segments = append(t.Segments, s)
	}
	return t
}

func audio(folder, language, name, codecs string, channels int) Track {
	return Track{
		Folder: folder, Codecs: codecs, Timescale: 48000, Frame: 1024.0 / 48000, Language: language, Name: name,
		Channels: channels, ChannelConfiguration: channels, SampleRate: 48000,
		Segments: []Segment{{0, 191488, 64000, 500}, {191488, 192512, 65000, 500}, {384000, 96000, 33000, 500}},
	}
}

func text(folder, language, name string) TextTrack {
	return TextTrack{Folder: folder, Language: language, Name: name, Size: 1000, Segments: []float64{10}}
}

// sounds are two languages in AAC in stereo and 5.1 and in Opus; the second one
// has no 5.1.
func sounds() []Track {
	return []Track{
		audio("audio_en", "en", "English", "mp4a.40.2", 2),
		audio("audio_en_6ch", "en", "English", "mp4a.40.2", 6),
		audio("audio_en_opus", "en", "English", "opus", 2),
		audio("audio_en_opus_6ch", "en", "English", "opus", 6),
		audio("audio_nb", "nb", "norsk bokmål", "mp4a.40.2", 2),
		audio("audio_nb_opus", "nb", "norsk bokmål", "opus", 2),
	}
}

// film is what the pipeline makes of a film with everything.
func film() Presentation {
	sdr := func(t Track) Track { t.VideoRange = media.RangeSDR; return t }
	high := sdr(video(1080, "avc1.640028", 2_000_000, 2_500_000, 1_000_000))
	low := sdr(video(360, "avc1.64001e", 400_000, 350_000, 200_000))
	forced, sdh := text("subtitles_en_forced", "en", "English (forced)"), text("subtitles_en_sdh", "en", "English (SDH)")
	forced.Forced, sdh.HearingImpaired = true, true
	norwegian := text("subtitles_nb", "nb", "norsk bokmål")
	norwegian.Default = true
	return Presentation{
		Video: []Track{high, low, coded(high, "hevc", "hvc1.2.4.L120.b0", media.RangePQ, 60)},
		Audio: sounds(),
		Text:  []TextTrack{text("subtitles_en", "en", "English"), forced, sdh, norwegian},
		Thumbnails: &Thumbnails{
			Sizes: []int64{90_000, 30_000}, Width: 240, Height: 136, Columns: 3, Rows: 2, Count: 10, Interval: 1,
		},
	}
}

// presentations are the cases of the golden files, by name.
func presentations() map[string]Presentation {
	commentary := audio("audio_en_2", "en", `Director's "cut"`, "mp4a.40.2", 2)
	commentary.Commentary = true
	described := audio("audio_en_3", "en", "English, described", "mp4a.40.2", 2)
	described.Described = true
	ntsc := video(720, "avc1.64001f", 2_000_000, 2_100_000, 900_000)
	ntsc.FrameRate, ntsc.SARNum, ntsc.SARDen, ntsc.Width = Rate{30000, 1001}, 64, 45, 720
	high := video(1080, "avc1.640028", 4_000_000, 4_500_000, 2_000_000)
	low := video(360, "avc1.64001e", 400_000, 350_000, 200_000)
	middle := video(720, "avc1.64001f", 1_000_000, 1_200_000, 500_000)
	english := audio("audio_en", "en", "English", "mp4a.40.2", 2)
	return map[string]Presentation{
		"ladder": {
			Video: []Track{high, middle, low},
			Audio: []Track{english, audio("audio_nb", "nb", "norsk bokmål", "mp4a.40.2", 2)},
		},
		"many_sounds":   {Video: []Track{low}, Audio: []Track{audio("audio_und", Unknown, "Audio", "mp4a.40.2", 2), commentary, described}},
		"many_codecs":   {Video: []Track{low}, Audio: sounds()},
		"audio_only":    {Audio: []Track{english, audio("audio_de", "de", "Deutsch", "mp4a.40.2", 2)}, Text: []TextTrack{text("subtitles_und", Unknown, "Subtitles")}},
		"silent":        {Video: []Track{ntsc}},
		"single_static": {Video: []Track{video(360, "avc1.64001e", 20_000)}},
		"film":          film(),
		"all_codecs": {
			Video: []Track{
				coded(high, "h264", "avc1.640028", media.RangeSDR, 100), coded(middle, "h264", "avc1.64001f", media.RangeSDR, 100),
				coded(high, "hevc", "hvc1.1.6.L120.90", media.RangeSDR, 60), coded(middle, "hevc", "hvc1.1.6.L93.90", media.RangeSDR, 60),
				coded(high, "hdr", "hvc1.2.4.L120.b0", media.RangePQ, 70), coded(middle, "hdr", "hvc1.2.4.L93.b0", media.RangePQ, 70),
				coded(high, "av1", "av01.0.08M.10.0.110.09.18.09.0", media.RangeHLG, 50),
			},
			Audio: []Track{english},
		},
	}
}
