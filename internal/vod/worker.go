package vod

import "time"

// Capability is something that a machine can do and not every machine can, as
// found by trying it.
type Capability string

// The capabilities. To encode in H.264 is none: whoever encodes can do it.
const (
	CanHEVC Capability = "hevc" // encode in HEVC
	CanAV1  Capability = "av1"  // encode in AV1
	CanUHD  Capability = "uhd"  // encode pictures of more than 1080 lines: needs [UHDMemory]
	CanGPU  Capability = "gpu"  // encode on a graphics processor
)

// UHDMemory is how many bytes of memory a machine has that may encode pictures
// of more than 1080 lines.
const UHDMemory = 6 << 30

// Capabilities lists every capability, in the order in which they are shown.
func Capabilities() []Capability { return []Capability{CanHEVC, CanAV1, CanUHD, CanGPU} }

// WorkerLost is for how long a worker may not be heard of before it counts as
// gone.
const WorkerLost = 30 * time.Second

// Worker is a process that runs tasks, as it describes itself.
type Worker struct {
	ID           string // UUID, new with each start
	Host         string
	Version      string        // of the program
	Slots        map[Stage]int // how many tasks of each stage it runs at the same time; those it has none of are left out
	Capabilities []Capability  // in the order of [Capabilities]
	Memory       int64         // bytes of the machine, or of the limit that it runs under
	Processors   int
	Scratch      int64 // bytes that its tasks may use in all
	Running      int   // tasks under way
	Started      time.Time
	Seen         time.Time // when it was last heard of
}

// Can tells whether the worker runs tasks of the stage that need all of these.
func (w Worker) Can(stage Stage, needs []Capability) bool {
	if w.Slots[stage] == 0 {
		return false
	}
	has := map[Capability]bool{}
	for _, c := range w.Capabilities {
		has[c] = true
	}
	for _, n := range needs {
		if !has[n] {
			return false
		}
	}
	return true
}
