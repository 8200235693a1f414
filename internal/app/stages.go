package app

import (
	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
)

// serverStages are the stages that a server runs: all, where it is the one
// process that does the work, and else those that it was given.
func serverStages(c config.Config) []config.Stage {
	if c.Temporal.Used() {
		return c.Stages
	}
	return config.StageNames()
}

// workerStages are the stages that a worker runs: all, unless it was given some.
func workerStages(c config.Config) []config.Stage {
	if len(c.Stages) > 0 {
		return c.Stages
	}
	return config.StageNames()
}

func ffmpegConfig(c config.Config) ffmpeg.Config {
	return ffmpeg.Config{FFmpeg: c.FFmpeg, FFprobe: c.FFprobe, StallAfter: c.StallAfter}
}
