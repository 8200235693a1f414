package packaging

import (
	"errors"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func badMedia(format string, args ...any) error {
	return &vod.StepError{
		Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Message: fmt.Sprintf(format, args...),
		Hint: "Encode the source again with a keyframe at every segment boundary, the same in all renditions.",
	}
}

// unverified is the error for a package that is not as it should be.
func unverified(format string, args ...any) error {
	return &vod.StepError{
		Class: vod.ClassMedia, Reason: vod.ReasonVerify, Message: fmt.Sprintf(format, args...),
		Hint: "Nothing was published. Check the encoded files that went in; play the source itself at that time.",
	}
}

// unreadable is the error for an input file that could not be read or parsed.
func unreadable(name string, err error) error {
	if errors.Is(err, mp4.ErrMalformed) {
		return &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Cause: err,
			Message: fmt.Sprintf("%s cannot be packaged: %v.", name, err),
			Hint:    "Only progressive MP4 files can be packaged; encode the source again.",
		}
	}
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonSourceUnreadable, Cause: err,
		Message: name + " could not be read.",
		Hint:    "Check the disk and the mount that holds it, then retry the ingest.",
	}
}
