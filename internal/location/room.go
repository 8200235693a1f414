package location

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Room refuses, as a full disk would, what is known not to fit: so many bytes
// more than the folder's file system has free. It reserves nothing.
func (f *Folder) Room(bytes int64) error {
	var st unix.Statfs_t
	if err := unix.Statfs(f.Path(), &st); err != nil {
		return WriteError(f.Path(), err)
	}
	free := st.Bavail * uint64(st.Bsize)
	if bytes <= 0 || uint64(bytes) <= free {
		return nil
	}
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonDiskFull,
		Message: fmt.Sprintf("There is no space left to write %s: %d bytes are needed, %d are free.", f.Path(), bytes, free),
		Hint:    "Free space on that disk, or raise the quota, then retry the ingest.",
	}
}
