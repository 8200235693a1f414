package ffmpeg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// MaxPixels is the largest picture in pixels that is ever decoded: 8192x8192,
// twice the size of 8K UHD.
const MaxPixels = 8192 * 8192

// The limits that apply where [Config] leaves them open.
const (
	defaultStallAfter  = 60 * time.Second
	defaultMaxMemory   = 8 << 30
	defaultMaxFileSize = 1 << 40
)

// Config says which programs to run and within which limits. The zero value
// is usable.
type Config struct {
	FFmpeg, FFprobe string // programs; "" looks for ffmpeg and ffprobe in PATH

	// StallAfter is how long media time may stand still before the process is
	// taken for hung and killed. 0: 60 s.
	StallAfter time.Duration
	// MaxMemory limits the address space of a process, in bytes. 0: 8 GiB.
	MaxMemory uint64
	// MaxFileSize limits each written file, in bytes. 0: 1 TiB.
	MaxFileSize uint64
	// MaxPixels limits the picture size of a source, 1 to [MaxPixels]. 0:
	// MaxPixels.
	MaxPixels int
}

// Tools are the two programs with their limits. They are safe for concurrent
// use.
type Tools struct {
	config  Config
	version string
	filters map[string]bool
	have    map[string]bool // encoders that it was built with
	devices devices
}

// New finds the programs and looks up what they can do. Its error tells what
// is missing and how to install it.
func New(config Config) (*Tools, error) {
	t := &Tools{config: config.withDefaults()}
	if err := t.find(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), t.config.StallAfter)
	defer cancel()
	version, err := t.ask(ctx, "-version")
	if err != nil {
		return nil, err
	}
	t.version = parseVersion(version)
	filters, err := t.ask(ctx, "-filters")
	if err != nil {
		return nil, err
	}
	t.filters = parseNames(filters, 1)
	encoders, err := t.ask(ctx, "-encoders")
	if err != nil {
		return nil, err
	}
	t.have = parseNames(encoders, 1)
	for _, name := range []string{"libx264", "aac", "mjpeg"} {
		if !t.HasEncoder(name) {
			return nil, fmt.Errorf("%s has no encoder %s; install a full build, on Debian and Ubuntu: apt-get install ffmpeg", t.config.FFmpeg, name)
		}
	}
	return t, nil
}

// Version is the version of ffmpeg, such as "5.1.9-0+deb12u1".
func (t *Tools) Version() string { return t.version }

// HasFilter tells whether ffmpeg was built with the filter.
func (t *Tools) HasFilter(name string) bool { return t.filters[name] }

// HasEncoder tells whether ffmpeg was built with the encoder. Those of graphics
// processors need not work for that: see [Tools.Works].
func (t *Tools) HasEncoder(name string) bool { return t.have[name] }

func (c Config) withDefaults() Config {
	if c.FFmpeg == "" {
		c.FFmpeg = "ffmpeg"
	}
	if c.FFprobe == "" {
		c.FFprobe = "ffprobe"
	}
	if c.StallAfter <= 0 {
		c.StallAfter = defaultStallAfter
	}
	if c.MaxMemory == 0 {
		c.MaxMemory = defaultMaxMemory
	}
	if c.MaxFileSize == 0 {
		c.MaxFileSize = defaultMaxFileSize
	}
	if c.MaxPixels <= 0 || c.MaxPixels > MaxPixels {
		c.MaxPixels = MaxPixels
	}
	return c
}

// find replaces the names of the programs by their paths.
func (t *Tools) find() error {
	for _, program := range []*string{&t.config.FFmpeg, &t.config.FFprobe} {
		path, err := exec.LookPath(*program)
		if err != nil && !errors.Is(err, exec.ErrDot) {
			return fmt.Errorf("%s is not installed; on Debian and Ubuntu: apt-get install ffmpeg: %w", *program, err)
		}
		*program = path
	}
	return nil
}

// ask runs ffmpeg for one of its lists.
func (t *Tools) ask(ctx context.Context, list string) (string, error) {
	var out bytes.Buffer
	log := &tail{max: maxLog}
	p := process{argv: []string{t.config.FFmpeg, "-hide_banner", list}, stdout: &out, stderr: log, limits: t.limits()}
	if err := p.run(ctx); err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", t.config.FFmpeg, list, err, log)
	}
	return out.String(), nil
}

func (t *Tools) limits() limits {
	return limits{memory: t.config.MaxMemory, fileSize: t.config.MaxFileSize}
}

func parseVersion(out string) string {
	fields := strings.Fields(out)
	if len(fields) < 3 {
		return ""
	}
	return fields[2]
}

// parseNames collects one column of ffmpeg's lists of filters and encoders.
func parseNames(out string, column int) map[string]bool {
	names := map[string]bool{}
	for line := range strings.Lines(out) {
		if fields := strings.Fields(line); len(fields) > column {
			names[fields[column]] = true
		}
	}
	return names
}
