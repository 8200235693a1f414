package app

import (
	"context"
	"os"

	"github.com/via-orchestrate/orchestrate/internal/capability"
	"github.com/via-orchestrate/orchestrate/internal/media"
	"github.com/via-orchestrate/orchestrate/internal/presence"
	"github.com/via-orchestrate/orchestrate/internal/step/encoding"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// encoders are those that the encoding step uses.
func encoders() capability.Encoders {
	c := capability.Encoders{
		H264: encoding.Encoder(media.CodecH264), HEVC: encoding.Encoder(media.CodecHEVC), AV1: encoding.Encoder(media.CodecAV1),
	}
	for _, codec := range media.VideoCodecs() {
		c.Devices = append(c.Devices, encoding.DeviceEncoders(codec)...)
	}
	return c
}

// probe finds out what this machine can do.
func (p *core) probe(ctx context.Context) (capability.Machine, error) {
	return capability.Probe(ctx, capability.Config{Encoders: encoders(), Works: p.tools.Works})
}

// announce has the store know that this process runs tasks, as long as it does.
func (p *core) announce() {
	if len(p.stages) == 0 {
		return
	}
	host, err := os.Hostname()
	if err != nil {
		p.log.Warn("this machine does not know its name", "error", err)
	}
	self := vod.Worker{ID: p.id, Host: host, Version: PipelineVersion, Slots: p.config.Slots.Of(p.stages), Started: vod.Now()}
	a := presence.Announcer{Store: p.store, Log: p.log, Describe: func(ctx context.Context) vod.Worker { return p.describe(ctx, self) }}
	p.work.Go(func() { a.Run(p.background) })
}

// describe adds what changes. Where the local engine delivers, everything is
// done here whatever the machine can do, so there is no hurry to find that out:
// it is not looked at before a server has been there for a while.
func (p *core) describe(ctx context.Context, w vod.Worker) vod.Worker {
	w.Seen = vod.Now()
	if p.machine.Processors == 0 && w.Seen.Sub(w.Started) >= presence.Every/2 {
		m, err := p.probe(ctx)
		if err == nil {
			p.machine = m
		} else if ctx.Err() == nil {
			p.log.Warn("cannot tell what this machine can do", "error", err)
		}
	}
	w.Capabilities, w.Memory, w.Processors = p.machine.Capabilities, p.machine.Memory, p.machine.Processors
	w.Running = p.executor.Running()
	total, err := p.scratch.Total()
	if err != nil {
		p.log.Warn("cannot tell how much scratch space there is", "error", err)
	}
	w.Scratch = total
	return w
}
