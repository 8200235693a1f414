package capability

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func encoders() Encoders {
	return Encoders{H264: "libx264", HEVC: "libx265", AV1: "libsvtav1", Devices: []string{"h264_nvenc", "hevc_vaapi"}}
}

// TestRealMachine: what works with the ffmpeg of this machine is found, and what
// there is nowhere is not.
func TestRealMachine(t *testing.T) {
	t.Parallel()
	tools, err := ffmpeg.New(ffmpeg.Config{})
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Encoders: encoders(), Works: tools.Works}
	c.Encoders.Devices = []string{"h264_nowhere"}
	m, err := Probe(t.Context(), c)
	if err != nil || m.Encodes() != nil {
		t.Fatalf("%v, %v", err, m.Encodes())
	}
	for _, trial := range m.Trials {
		if built := tools.HasEncoder(trial.Encoder); built != (trial.Err == nil) {
			t.Errorf("%s: built in %t, but %v", trial.Encoder, built, trial.Err)
		}
	}
	if m.Memory < 1<<28 || m.Processors < 1 || len(m.Trials) != 4 {
		t.Errorf("found %+v", m)
	}
}

func TestProbe(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		works string
		want  []vod.Capability
	}{
		"everything":         {"libx264 libx265 libsvtav1 h264_nvenc hevc_vaapi", []vod.Capability{vod.CanHEVC, vod.CanAV1, vod.CanUHD, vod.CanGPU}},
		"one device will do": {"libx264 hevc_vaapi", []vod.Capability{vod.CanUHD, vod.CanGPU}},
		"H.264 alone":        {"libx264", []vod.Capability{vod.CanUHD}},
	} {
		works := func(_ context.Context, encoder string) error {
			if strings.Contains(test.works, encoder) {
				return nil
			}
			return errors.New("this ffmpeg was built without it")
		}
		m, err := Probe(t.Context(), Config{Encoders: encoders(), Works: works})
		if m.Memory < vod.UHDMemory {
			test.want = without(test.want, vod.CanUHD)
		}
		if diff := cmp.Diff(test.want, m.Capabilities); diff != "" || err != nil || m.Encodes() != nil {
			t.Errorf("%s: %v, %v, (-want +got):\n%s", name, err, m.Encodes(), diff)
		}
	}
}

func without(all []vod.Capability, one vod.Capability) (rest []vod.Capability) {
	for _, c := range all {
		if c != one {
			rest = append(rest, c)
		}
	}
	return rest
}

func TestNothingWorks(t *testing.T) {
	t.Parallel()
	fails := func(context.Context, string) error { return errors.New("Cannot allocate memory") }
	m, err := Probe(t.Context(), Config{Encoders: encoders(), Works: fails})
	if err != nil || m.Encodes() == nil || !strings.Contains(m.Encodes().Error(), "libx264 does not work: Cannot allocate memory") {
		t.Errorf("%v, %v", err, m.Encodes())
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Probe(ended, Config{Encoders: encoders(), Works: fails}); !errors.Is(err, context.Canceled) {
		t.Errorf("an end that was asked for: %v", err)
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	const info = "MemTotal:        8008316 kB\nMemFree:         123 kB\n"
	const machine = 8008316 << 10
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for name, test := range map[string]struct {
		files fstest.MapFS
		want  int64
	}{
		"no groups":    {fstest.MapFS{}, machine},
		"version 1":    {fstest.MapFS{"proc/self/cgroup": file("3:memory:/a\n")}, machine},
		"no limit":     {fstest.MapFS{"proc/self/cgroup": file("0::/a\n"), "sys/fs/cgroup/a/memory.max": file("max\n")}, machine},
		"own":          {fstest.MapFS{"proc/self/cgroup": file("0::/a/b\n"), "sys/fs/cgroup/a/b/memory.max": file("1048576\n")}, 1 << 20},
		"of a parent":  {fstest.MapFS{"proc/self/cgroup": file("0::/a/b\n"), "sys/fs/cgroup/a/b/memory.max": file("max\n"), "sys/fs/cgroup/a/memory.max": file("2097152\n")}, 2 << 20},
		"container":    {fstest.MapFS{"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("4194304\n")}, 4 << 20},
		"outside":      {fstest.MapFS{"proc/self/cgroup": file("0::/../../a\n")}, machine},
		"more than is": {fstest.MapFS{"proc/self/cgroup": file("0::/a\n"), "sys/fs/cgroup/a/memory.max": file("99999999999999\n")}, machine},
	} {
		test.files["proc/meminfo"] = file(info)
		if got, err := Memory(test.files); got != test.want || err != nil {
			t.Errorf("%s: %d, %v; want %d", name, got, err, test.want)
		}
	}
	if _, err := Memory(fstest.MapFS{}); err == nil {
		t.Error("no error without /proc")
	}
	if _, err := Memory(fstest.MapFS{"proc/meminfo": file("MemFree: 1 kB\n")}); err == nil {
		t.Error("no error without MemTotal")
	}
	if got, err := Memory(os.DirFS("/")); err != nil || got < 1<<28 {
		t.Errorf("this machine: %d, %v", got, err)
	}
}
