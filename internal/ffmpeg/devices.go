package ffmpeg

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
)

// devices remembers which encoders of graphics processors work.
type devices struct {
	mu    sync.Mutex
	tried map[string]error // nil: it works
}

// VAAPIDevice is where the first graphics processor is found on Linux.
const VAAPIDevice = "/dev/dri/renderD128"

// DeviceArgs are the options that open the device which an encoder needs, to
// stand before the inputs; none for most.
func DeviceArgs(encoder string) []string {
	if strings.HasSuffix(encoder, "_vaapi") {
		return []string{"-vaapi_device", VAAPIDevice}
	}
	return nil
}

// Works tells whether an encoder of a graphics processor really encodes on this
// machine, by a fifth of a second of a black picture in the cage; ffmpeg lists
// many that do not. The answer is remembered. The error says why not, in words
// that complete "x does not work: …"; it is ctx's where that ended.
func (t *Tools) Works(ctx context.Context, encoder string) error {
	t.devices.mu.Lock()
	defer t.devices.mu.Unlock()
	if err, known := t.devices.tried[encoder]; known {
		return err
	}
	err := t.try(ctx, encoder)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if t.devices.tried == nil {
		t.devices.tried = map[string]error{}
	}
	t.devices.tried[encoder] = err
	return err
}

func (t *Tools) try(ctx context.Context, encoder string) error {
	if !t.HasEncoder(encoder) {
		return errors.New("this ffmpeg was built without it")
	}
	args := append(DeviceArgs(encoder), "-f", "lavfi", "-i", "color=black:size=320x192:rate=25:duration=0.2")
	if strings.HasSuffix(encoder, "_vaapi") {
		args = append(args, "-vf", "format=nv12,hwupload")
	}
	log := ""
	err := t.Run(ctx, Command{Args: append(args, "-c:v", encoder, "-f", "null", "-"), Trace: func(_ []string, l string) { log = l }})
	if m := firstError.FindStringSubmatch(log); err != nil && m != nil {
		return errors.New(m[1])
	}
	return err
}

// firstError is the line that tells the cause; those after it tell what it led
// to.
var firstError = regexp.MustCompile(`(?m)^(?:\[[^\]]*\] )*\[(?:error|fatal)\] (.{1,200})$`)
