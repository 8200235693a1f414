package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// outcome is how a run ended.
type outcome struct {
	cause      error // why the run was stopped; nil if it ended by itself
	err        error // of the process
	log        string
	args       []string
	program    string
	stallAfter time.Duration
}

// classify turns an outcome into a *vod.StepError, or nil.
func classify(o outcome) error {
	if o.err == nil && !o.lostOutput() {
		return nil
	}
	if o.cause != nil {
		return o.stopped()
	}
	var exit *exec.ExitError
	if o.err != nil && !errors.As(o.err, &exit) {
		return &vod.StepError{
			Class: vod.ClassInfra, Reason: vod.ReasonInternal, Cause: o.err,
			Message: o.program + " could not be started.",
			Hint:    "Check that ffmpeg is installed and that this machine has memory and process slots left.",
		}
	}
	if o.said("No space left on device", "Disk quota exceeded") {
		return &vod.StepError{
			Class: vod.ClassInfra, Reason: vod.ReasonDiskFull, Cause: o.cause4log(),
			Message: "The disk was full while " + o.program + " wrote its output.",
			Hint:    "Free space on the volume of the scratch folder and of the target location.",
		}
	}
	if exit != nil {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return o.killed(status.Signal())
		}
	}
	if err := o.inputGone(); err != nil {
		return err
	}
	if o.said("Cannot allocate memory", "malloc of size") {
		return o.outOfMemory()
	}
	if what := o.badInput(); what != "" {
		return BadMedia(o.inputName(), what, o.cause4log())
	}
	return o.encoder(o.program+" failed: "+o.lastLine(), "Read the end of its log on the task's page.")
}

// BadMedia is the error for a source that is at fault. What completes the
// sentence 'The file "x" …', without the full stop.
func BadMedia(name, what string, cause error) *vod.StepError {
	return &vod.StepError{
		Class: vod.ClassMedia, Reason: vod.ReasonBadMedia, Cause: cause,
		Message: fmt.Sprintf("The file %q %s.", name, what),
		Hint:    "Ask for the file to be exported or delivered again, and submit it as a new ingest.",
	}
}

// lostOutput tells that the program claims success although its output is not
// whole: ffmpeg 5.1 ends with 0 when only the last write of a file failed.
func (o outcome) lostOutput() bool {
	return o.said("No space left on device", "Error writing trailer")
}

func (o outcome) stopped() error {
	if errors.Is(o.cause, errStalled) {
		return &vod.StepError{
			Class: vod.ClassInfra, Reason: vod.ReasonStalled, Cause: o.cause4log(),
			Message: fmt.Sprintf("%s got no further for %v and was killed.", o.program, o.stallAfter),
			Hint:    "Look at the load, disks and mounts of the machine; the next attempt starts afresh.",
		}
	}
	if errors.Is(o.cause, context.DeadlineExceeded) {
		return &vod.StepError{
			Class: vod.ClassInfra, Reason: vod.ReasonTimeout, Cause: o.cause,
			Message: o.program + " took longer than it may and was killed.",
			Hint:    "Look at the load of the machine; the next attempt starts afresh.",
		}
	}
	return &vod.StepError{
		Class: vod.ClassCancelled, Reason: vod.ReasonCancelled, Cause: o.cause,
		Message: o.program + " was stopped.",
	}
}

func (o outcome) killed(signal syscall.Signal) error {
	if signal == syscall.SIGXFSZ {
		return o.encoder(o.program+" wrote a file larger than it may.", "Raise the file size limit if the source is meant to be this long.")
	}
	return o.encoder(fmt.Sprintf("%s ended by signal %d (%v).", o.program, int(signal), signal),
		"Signal 9 is mostly the kernel's when memory runs out; 11 and 6 are crashes of ffmpeg on this source.")
}

// outOfMemory tells a source that claims more than there can be, such as an MP4
// whose tables have 2^32-1 entries, from an encoder that wants too much.
func (o outcome) outOfMemory() error {
	if o.program == "ffprobe" || o.said("error reading header") {
		return BadMedia(o.inputName(), "has an index that claims impossibly many entries, so it is damaged or was made to do harm", o.cause4log())
	}
	return o.encoder(o.program+" needed more memory than it may have.", "Encode with fewer threads, or without the largest sizes of the ladder.")
}

func (o outcome) encoder(message, hint string) error {
	return &vod.StepError{Class: vod.ClassInfra, Reason: vod.ReasonEncoder, Message: message, Hint: hint, Cause: o.cause4log()}
}

func (o outcome) cause4log() error {
	if o.err == nil {
		return fmt.Errorf("exit status 0: %s", o.lastLine())
	}
	return fmt.Errorf("%w: %s", o.err, o.lastLine())
}

func (o outcome) said(any ...string) bool {
	for _, s := range any {
		if strings.Contains(o.log, s) {
			return true
		}
	}
	return false
}

// inputGone is the error for an input that the machine could not give, or nil.
func (o outcome) inputGone() error {
	for i, arg := range o.args {
		if i == 0 || o.args[i-1] != "-i" {
			continue
		}
		name := filepath.Base(strings.TrimPrefix(arg, "file:"))
		if o.said(arg + ": No such file or directory") {
			return sourceMissing(name, o.cause4log())
		}
		if o.said(arg+": Input/output error", arg+": Permission denied", arg+": Stale file handle") {
			return &vod.StepError{
				Class: vod.ClassInfra, Reason: vod.ReasonSourceUnreadable, Cause: o.cause4log(),
				Message: fmt.Sprintf("The file %q could not be read.", name),
				Hint:    "Check the disk or mount that it is on, and the permissions of the server's user.",
			}
		}
	}
	return nil
}

func sourceMissing(name string, cause error) error {
	return &vod.StepError{
		Class: vod.ClassInfra, Reason: vod.ReasonSourceMissing, Cause: cause,
		Message: fmt.Sprintf("The file %q is no longer there.", name),
		Hint:    "Check the volume that it was on; retry the ingest once it is back.",
	}
}

// lastLine is the last line of the log that is worth quoting.
func (o outcome) lastLine() string {
	lines := strings.Split(o.log, "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		if line != "" && !strings.HasSuffix(line, "Conversion failed!") {
			return line
		}
	}
	return "it said nothing"
}

// inputName is the base name of the first input file.
func (o outcome) inputName() string {
	for i, arg := range o.args[:max(len(o.args)-1, 0)] {
		if arg == "-i" {
			return filepath.Base(strings.TrimPrefix(o.args[i+1], "file:"))
		}
	}
	return ""
}
