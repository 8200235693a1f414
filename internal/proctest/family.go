package proctest

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// status is what /proc tells of a process.
type status struct {
	parent int
	state  byte // Z is a zombie: ended, and not yet asked for
}

// read gives the status of a process, and false if it is gone.
func read(pid int) (status, bool) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return status{}, false
	}
	// The name of the program, in parentheses, may hold anything.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 2 {
		return status{}, false
	}
	parent, err := strconv.Atoi(string(fields[1]))
	return status{parent, fields[0][0]}, err == nil
}

// descendants lists the processes that this one has started, and theirs.
func descendants(pid int) []int {
	children := map[int][]int{}
	entries, _ := os.ReadDir("/proc") // A list that breaks off holds what was read.
	for _, entry := range entries {
		child, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if s, ok := read(child); ok {
			children[s.parent] = append(children[s.parent], child)
		}
	}
	var found []int
	for next := children[pid]; len(next) > 0; next = next[1:] {
		found = append(found, next[0])
		next = append(next, children[next[0]]...)
	}
	return found
}

// awaitGone waits until none of the processes, which have been killed, runs.
// They may be children of anybody, who need not have asked for their end.
func awaitGone(pids []int) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for _, pid := range pids {
		for s, ok := read(pid); ok && s.state != 'Z'; s, ok = read(pid) {
			<-tick.C
		}
	}
}
