package httpd

import (
	"github.com/via-orchestrate/orchestrate/internal/httpd/api"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// sourceReport renders the facts of a source.
func sourceReport(s *vod.SourceReport) *api.SourceReport {
	if s == nil {
		return nil
	}
	shown := api.SourceReport{
		Container: s.Container, Duration: s.Duration, Size: s.Size,
		Audio: []api.SourceAudio{}, Subtitles: []api.SourceSubtitle{},
	}
	if v := s.Video; v != nil {
		shown.Video = &api.SourceVideo{
			Codec: v.Codec, Profile: v.Profile, Level: v.Level, Width: v.Width, Height: v.Height, Aspect: v.Aspect,
			FrameRate: v.FrameRate, Variable: v.Variable, Interlaced: v.Interlaced, Rotation: v.Rotation,
			BitDepth: v.BitDepth, PixelFormat: v.PixelFormat, VideoRange: v.VideoRange,
			Primaries: v.Primaries, Transfer: v.Transfer, Matrix: v.Matrix, Bitrate: v.Bitrate,
		}
	}
	for _, a := range s.Audio {
		shown.Audio = append(shown.Audio, api.SourceAudio{
			Codec: a.Codec, Profile: a.Profile, Channels: a.Channels, Layout: a.Layout, SampleRate: a.SampleRate,
			Language: a.Language, Title: a.Title, Bitrate: a.Bitrate,
		})
	}
	for _, t := range s.Subtitles {
		shown.Subtitles = append(shown.Subtitles, api.SourceSubtitle{
			Codec: t.Codec, Language: t.Language, Title: t.Title, Forced: t.Forced, SDH: t.SDH,
		})
	}
	return &shown
}
