package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// killAfter is how long a process that was asked to end may take before it is
// killed. A stopped process (SIGSTOP) never hears the request.
const killAfter = 500 * time.Millisecond

// readAfter is how long what a process has written may take to be read once its
// whole group is gone: the last lines of a result must not be lost because the
// machine is busy.
const readAfter = 10 * time.Second

// errStalled is the cause with which a hung process is stopped.
var errStalled = errors.New("media time stands still")

// process is one run of a program in the cage.
type process struct {
	argv           []string
	dir            string
	stdout, stderr io.Writer
	limits         limits
}

// limits are in bytes.
type limits struct{ memory, fileSize uint64 }

// run starts the program and waits for its end. When ctx is done the whole
// process group is asked to end, and killed soon after; run returns only once
// it is gone. Its error is that of [exec.Cmd.Wait] or of the start.
func (p process) run(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	cmd := exec.Command(p.argv[0], p.argv[1:]...)
	cmd.Dir = p.dir
	// SVT_LOG=2 is warnings. glibc would reserve 64 MiB of address space for most
	// threads, of which several encoders have hundreds.
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "AV_LOG_FORCE_NOCOLOR=1", "SVT_LOG=2", "MALLOC_ARENA_MAX=4"}
	cmd.Stdout, cmd.Stderr = p.stdout, p.stderr
	cmd.WaitDelay = readAfter
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}

	// The kernel sends Pdeathsig when the thread that started the child ends,
	// which need not be when the process does.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	gone := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		endOnDone(ctx, cmd.Process.Pid, gone)
	}()
	limitErr := p.limits.apply(cmd.Process.Pid)
	if limitErr != nil {
		signalGroup(cmd.Process.Pid, unix.SIGKILL)
	}
	awaitExit(cmd.Process.Pid)
	close(gone)
	<-watched
	// The leader is not reaped yet, so the group's number cannot have been
	// given to anybody else.
	signalGroup(cmd.Process.Pid, unix.SIGKILL)
	err := cmd.Wait()
	if limitErr != nil {
		return limitErr
	}
	return err
}

// endOnDone ends the process group when ctx is done, unless it is gone before.
func endOnDone(ctx context.Context, pid int, gone <-chan struct{}) {
	select {
	case <-gone:
		return
	case <-ctx.Done():
	}
	signalGroup(pid, unix.SIGTERM)
	timer := time.NewTimer(killAfter)
	defer timer.Stop()
	select {
	case <-gone:
	case <-timer.C:
		signalGroup(pid, unix.SIGKILL)
	}
}

// signalGroup signals every process of the group. That none is left is no
// error.
func signalGroup(pid int, signal unix.Signal) {
	_ = unix.Kill(-pid, signal)
}

// awaitExit waits until the process has ended, and leaves it to be reaped.
func awaitExit(pid int) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// apply sets the limits of a process that has just been started. It has not
// read any of its input by then.
func (l limits) apply(pid int) error {
	for _, limit := range []struct {
		resource int
		max      uint64
	}{
		{unix.RLIMIT_AS, l.memory},
		{unix.RLIMIT_FSIZE, l.fileSize},
		{unix.RLIMIT_CORE, 0},
	} {
		value := unix.Rlimit{Cur: limit.max, Max: limit.max}
		err := unix.Prlimit(pid, limit.resource, &value, nil)
		if err != nil && !errors.Is(err, unix.ESRCH) { // ESRCH: it has ended already
			return fmt.Errorf("set resource limit %d: %w", limit.resource, err)
		}
	}
	return nil
}
