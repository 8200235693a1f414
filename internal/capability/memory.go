package capability

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Memory is how many bytes the process may use: those of the machine, or of the
// narrowest limit of the control groups (cgroup v2) that the process is in. root
// is the root folder of the system.
func Memory(root fs.FS) (int64, error) {
	info, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0, fmt.Errorf("memory of this machine: %w", err)
	}
	memory, err := memTotal(string(info))
	if err != nil {
		return 0, fmt.Errorf("memory of this machine: %w", err)
	}
	for group := ownGroup(root); ; group = path.Dir(group) {
		// The root group has no such file, and "max" is no number.
		text, err := fs.ReadFile(root, path.Join("sys/fs/cgroup", group, "memory.max"))
		if limit, parseErr := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && parseErr == nil {
			memory = min(memory, limit)
		}
		if group == "." || group == "/" {
			return memory, nil
		}
	}
}

// memTotal reads the line "MemTotal:  8008316 kB".
func memTotal(info string) (int64, error) {
	for line := range strings.Lines(info) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == "MemTotal:" && fields[2] == "kB" {
			kilobytes, err := strconv.ParseInt(fields[1], 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("/proc/meminfo has no MemTotal")
}

// ownGroup is the path of the process's group in the hierarchy of version 2: the
// line "0::/system.slice/orchestrate.service". Within a container that is the
// container's own view.
func ownGroup(root fs.FS) string {
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return "."
	}
	for line := range strings.Lines(string(text)) {
		if group, ok := strings.CutPrefix(strings.TrimSpace(line), "0::/"); ok {
			return path.Clean(group)
		}
	}
	return "."
}
