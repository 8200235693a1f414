package location

import (
	"context"
	"errors"
	"syscall"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// WriteError makes the [vod.StepError] for a write below path that failed: a
// full disk or quota by name, everything else as INFRA internal. A StepError
// or the end of a context in err's chain is given back as it is; nil for nil.
func WriteError(path string, err error) error {
	var se *vod.StepError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &se), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return &vod.StepError{
			Class: vod.ClassInfra, Reason: vod.ReasonDiskFull, Cause: err,
			Message: "There is no space left to write " + path + ".",
			Hint:    "Free space on that disk, or raise the quota, then retry the ingest.",
		}
	}
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonInternal, Cause: err,
		Message: "Writing " + path + " failed" + errnoText(err) + ".",
		Hint:    "Check that the folder is mounted and that the server may write there.",
	}
}

// errnoText is what the system says of err, which holds no secret.
func errnoText(err error) string {
	var no syscall.Errno
	if errors.As(err, &no) {
		return ": " + no.Error()
	}
	return ""
}

func configError(message string) error {
	return &vod.StepError{
		Class: vod.ClassConfig, Reason: vod.ReasonConfig, Message: message,
		Hint: "Correct the location in the profile, or have the operator allow it.",
	}
}

func forbiddenError(message string) error {
	return &vod.StepError{Class: vod.ClassConfig, Reason: vod.ReasonForbidden, Message: message}
}

func missingError(message string, err error) error {
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonSourceMissing, Message: message, Cause: err,
		Hint: "Retry the ingest: it does the work again whose files are gone.",
	}
}
