package app

import (
	"os"
	"path/filepath"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/engine"
	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/keys"
	"github.com/via-orchestrate/orchestrate/internal/netguard"
	"github.com/via-orchestrate/orchestrate/internal/secret"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/distribution"
	"github.com/via-orchestrate/orchestrate/internal/step/encoding"
	"github.com/via-orchestrate/orchestrate/internal/step/packaging"
	"github.com/via-orchestrate/orchestrate/internal/step/playout"
	"github.com/via-orchestrate/orchestrate/internal/step/retrieval"
	"github.com/via-orchestrate/orchestrate/internal/step/subtitles"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// steps makes the runner of every step type that this server has.
func (a *App) steps() (map[engine.Kind]step.Runner, error) {
	tools, err := ffmpeg.New(ffmpeg.Config{
		FFmpeg: a.config.FFmpeg, FFprobe: a.config.FFprobe, StallAfter: a.config.StallAfter,
	})
	if err != nil {
		return nil, err
	}
	guard := netguard.New(a.config.AllowNet)
	a.onClose(func() error { guard.Close(); return nil })
	secrets := secret.New(filepath.Join(a.config.Data, "secrets"), os.LookupEnv)
	return map[engine.Kind]step.Runner{
		{Stage: vod.Retrieval, Type: retrieval.Type}: retrieval.New(retrieval.Config{
			Locations: a.locations, Client: guard.Client(), Uploads: a.uploads, SourceDirs: a.config.AllowSourceDir,
			MinFree: int64(a.config.MinFree),
		}),
		{Stage: vod.Encoding, Type: encoding.Type}:                   encoding.New(tools, a.locations),
		{Stage: vod.SubtitlePublishing, Type: subtitles.Type}:        subtitles.New(tools, a.locations),
		{Stage: vod.Packaging, Type: packaging.Type}:                 packaging.New(tools, a.locations, keys.New(guard.Client(), secrets)),
		{Stage: vod.Distribution, Type: distribution.TypeCopy}:       distribution.NewCopy(a.locations),
		{Stage: vod.Distribution, Type: distribution.TypeURLRewrite}: distribution.NewRewrite(a.locations),
		{Stage: vod.Playout, Type: playout.TypeCatalog}:              playout.NewCatalog(a.store),
		{Stage: vod.Playout, Type: playout.TypeWebhook}:              playout.NewWebhook(guard.Client(), secrets, time.Now),
	}, nil
}
