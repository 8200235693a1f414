package ffmpeg

import (
	"context"
	"strconv"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/tracing"
)

// Command is one run of ffmpeg.
type Command struct {
	// Args are inputs ([Input]), filters and outputs. Options that every run
	// has are put in front of them. Files that exist are overwritten.
	Args []string
	Dir  string // working directory; "" for the server's own
	// Duration is the expected media time of the outputs, 0 if unknown. It is
	// needed for Progress only.
	Duration time.Duration
	// Progress is told the share done, 0..1, never less than before. May be nil.
	Progress func(share float64)
	// Trace is told the argument vector when ffmpeg starts, and again with the
	// last 16 KiB of its log when it has ended. May be nil.
	Trace func(command []string, log string)
	// MoreMemory is what this run may have above [Config.MaxMemory], in bytes.
	MoreMemory uint64
	// Report is told the end of the log, which then is at level info and at most
	// 1 MiB, when ffmpeg has ended well. It is for filters that measure. May be
	// nil.
	Report func(log string)
}

// maxReport is how much of the log [Command.Report] is told, in bytes.
const maxReport = 1 << 20

// Run runs ffmpeg to its end. Its error is a [vod.StepError]: MEDIA when the
// input cannot be read, INFRA when this machine or the encoder failed or media
// time stood still, CANCELLED when ctx ended. No process is left when it
// returns, which is at most about half a second after ctx ended.
func (t *Tools) Run(ctx context.Context, c Command) error {
	argv := append(t.global(), c.Args...)
	log := &tail{max: maxLog}
	if c.Report != nil {
		log.max = maxReport
		argv = append(append(t.global(), "-loglevel", "level+info"), c.Args...)
	}
	c.trace(argv, "")

	ctx, ended := tracing.Child(ctx, "ffmpeg")
	watch := newWatch(ctx, t.config.StallAfter)
	limits := t.limits()
	limits.memory += c.MoreMemory
	p := process{
		argv: argv, dir: c.Dir, limits: limits, stderr: log,
		stdout: &progress{moved: func(at time.Duration) {
			watch.moved()
			c.report(at)
		}},
	}
	err := p.run(watch.ctx)
	cause := watch.stop()
	c.trace(argv, log.end(maxLog))
	err = classify(outcome{cause: cause, err: err, log: log.String(), args: c.Args, program: "ffmpeg", stallAfter: t.config.StallAfter})
	ended(err)
	if err == nil && c.Report != nil {
		c.Report(log.String())
	}
	return err
}

// global gives the program and the options that every run has.
func (t *Tools) global() []string {
	period := min(t.config.StallAfter.Seconds()/4, 0.5)
	return []string{
		t.config.FFmpeg, "-hide_banner", "-nostdin", "-y", "-nostats",
		"-loglevel", "level+warning",
		"-progress", "pipe:1", "-stats_period", strconv.FormatFloat(period, 'f', 3, 64),
	}
}

func (c Command) trace(argv []string, log string) {
	if c.Trace != nil {
		c.Trace(argv, log)
	}
}

func (c Command) report(at time.Duration) {
	if c.Progress == nil || c.Duration <= 0 {
		return
	}
	c.Progress(min(float64(at)/float64(c.Duration), 1))
}
