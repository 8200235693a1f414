package location

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Room refuses, as a full disk would, what is known not to fit: so many bytes
// more when keep bytes of the folder's file system are to stay free. It
// reserves nothing. Neither number may be negative.
func (f *Folder) Room(bytes, keep int64) error {
	var st unix.Statfs_t
	if err := unix.Statfs(f.Path(), &st); err != nil {
		return WriteError(f.Path(), err)
	}
	free := st.Bavail * uint64(st.Bsize)
	if uint64(bytes)+uint64(keep) <= free {
		return nil
	}
	missing := fmt.Sprintf("%d bytes are free", free)
	if bytes > 0 {
		missing = fmt.Sprintf("%d bytes are needed, %d are free", bytes, free)
	}
	if keep > 0 {
		missing += fmt.Sprintf(", and %d are to stay free (min-free)", keep)
	}
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonDiskFull,
		Message: fmt.Sprintf("There is no space left to write %s: %s.", f.Path(), missing),
		Hint:    "Free space on that disk, or raise the quota, then retry the ingest.",
	}
}
