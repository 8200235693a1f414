package capability

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Encoders names the encoders that are tried.
type Encoders struct {
	H264, HEVC, AV1 string   // those that run everywhere where they are built in
	Devices         []string // those of graphics processors; one that works will do
}

// Config is what is probed. All fields are required.
type Config struct {
	Encoders Encoders
	// Works encodes a few pictures; its error completes "x does not work: …".
	Works func(ctx context.Context, encoder string) error
}

// Trial is what became of the trial of an encoder.
type Trial struct {
	Encoder    string
	Capability vod.Capability // that it gives; "" for H.264
	Err        error          // why it does not work; nil: it does
}

// Machine is what was found.
type Machine struct {
	Capabilities []vod.Capability // in the order of [vod.Capabilities]
	Memory       int64            // bytes that all processes may use together
	Processors   int
	Trials       []Trial // H.264 first
}

// Probe tries everything. The error is that of the context, or tells that the
// memory cannot be found out.
func Probe(ctx context.Context, c Config) (Machine, error) {
	memory, err := Memory(os.DirFS("/"))
	if err != nil {
		return Machine{}, err
	}
	m := Machine{Memory: memory, Processors: runtime.GOMAXPROCS(0)}
	has := map[vod.Capability]bool{vod.CanUHD: memory >= vod.UHDMemory}
	try := func(encoder string, gives vod.Capability) {
		t := Trial{encoder, gives, c.Works(ctx, encoder)}
		if t.Err == nil && gives != "" {
			has[gives] = true
		}
		m.Trials = append(m.Trials, t)
	}
	try(c.Encoders.H264, "")
	try(c.Encoders.HEVC, vod.CanHEVC)
	try(c.Encoders.AV1, vod.CanAV1)
	for _, encoder := range c.Encoders.Devices {
		try(encoder, vod.CanGPU)
	}
	for _, one := range vod.Capabilities() {
		if has[one] {
			m.Capabilities = append(m.Capabilities, one)
		}
	}
	return m, ctx.Err() // What was tried after its end did not fail by itself.
}

// Encodes tells why the machine cannot encode at all; nil: it can.
func (m Machine) Encodes() error {
	if first := m.Trials[0]; first.Err != nil {
		return fmt.Errorf("this machine cannot run ENCODING: %s does not work: %w; install a full build of ffmpeg (on Debian and Ubuntu: apt-get install ffmpeg), or leave ENCODING out of --stages", first.Encoder, first.Err)
	}
	return nil
}
