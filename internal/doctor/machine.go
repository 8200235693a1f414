package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/capability"
	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// shownReasons is of how many encoders of graphics processors is told why they do
// not work: one for each kind of them.
const shownReasons = 3

// Machine tells what the machine can do, as it was found by trying.
func Machine(m capability.Machine) []Finding {
	var all []Finding
	var devices, why []string
	for _, t := range m.Trials {
		name := "encodes by " + t.Encoder
		switch {
		case t.Capability == vod.CanGPU && t.Err == nil:
			devices = append(devices, t.Encoder)
		case t.Capability == vod.CanGPU:
			why = append(why, t.Encoder+": "+t.Err.Error())
		case t.Err == nil:
			all = append(all, Finding{name, OK, "tried", ""})
		case t.Capability == "":
			all = append(all, Finding{name, Problem, "does not work: " + t.Err.Error(), installFFmpeg})
		default:
			all = append(all, Finding{name, Warning, "does not work, so tasks that need " + string(t.Capability) + " go to other machines: " + t.Err.Error(), ""})
		}
	}
	gpu := Finding{"graphics processor", OK, strings.Join(devices, ", "), ""}
	if len(devices) == 0 {
		gpu.Detail = "none that encodes (" + strings.Join(why[:min(len(why), shownReasons)], "; ") + ")"
	}
	memory := Finding{"memory", OK, fmt.Sprintf("%s for %d processors", config.Bytes(m.Memory), m.Processors), ""}
	if !slices.Contains(m.Capabilities, vod.CanUHD) {
		memory.Detail += fmt.Sprintf(", less than the %s for pictures of more than 1080 lines, which go to other machines", config.Bytes(vod.UHDMemory))
	}
	return append(all, gpu, memory)
}
