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

// steps makes the runner of every step type that this program has.
func (p *core) steps(uploads retrieval.Uploads) (_ map[engine.Kind]step.Runner, err error) {
	if p.tools, err = ffmpeg.New(ffmpegConfig(p.config)); err != nil {
		return nil, err
	}
	guard := netguard.New(p.config.AllowNet)
	p.onClose(func() error { guard.Close(); return nil })
	secrets := secret.New(filepath.Join(p.config.Data, "secrets"), os.LookupEnv)
	return map[engine.Kind]step.Runner{
		{Stage: vod.Retrieval, Type: retrieval.Type}: retrieval.New(retrieval.Config{
			Locations: p.locations, Client: guard.Client(), Uploads: uploads, SourceDirs: p.config.AllowSourceDir,
			MinFree: int64(p.config.MinFree),
		}),
		{Stage: vod.Encoding, Type: encoding.Type}:                   encoding.New(p.tools, p.locations),
		{Stage: vod.SubtitlePublishing, Type: subtitles.Type}:        subtitles.New(p.tools, p.locations),
		{Stage: vod.Packaging, Type: packaging.Type}:                 packaging.New(p.tools, p.locations, keys.New(guard.Client(), secrets)),
		{Stage: vod.Distribution, Type: distribution.TypeCopy}:       distribution.NewCopy(p.locations),
		{Stage: vod.Distribution, Type: distribution.TypeURLRewrite}: distribution.NewRewrite(p.locations),
		{Stage: vod.Playout, Type: playout.TypeCatalog}:              playout.NewCatalog(p.store),
		{Stage: vod.Playout, Type: playout.TypeWebhook}:              playout.NewWebhook(guard.Client(), secrets, time.Now),
	}, nil
}
