package proctest

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	startLimit = 2 * time.Minute
	stopLimit  = 30 * time.Second
)

// Command is a server to run.
type Command struct {
	Args []string // the program first
	Env  []string // the environment; nil is that of this process
	Dir  string   // the folder to run in; "" is that of this process
	User *syscall.Credential

	// StopSignal asks the server to end; SIGTERM if it is zero.
	StopSignal syscall.Signal
	// Ready tells by nil that the server answers. It is asked again and again,
	// each time with a context of its own.
	Ready func(context.Context) error
}

// name is what messages call the server.
func (c Command) name() string { return filepath.Base(c.Args[0]) }

// Process is a server that has been started. Its methods may be called by
// several goroutines, one after the other.
type Process struct {
	command Command
	log     tail

	mu   sync.Mutex
	cmd  *exec.Cmd
	gone chan struct{} // closed when cmd has ended
}

// Start runs the command and returns once it is ready. It fails, and leaves
// nothing behind, when the server ends instead, or is not ready in 2 minutes.
func Start(ctx context.Context, c Command) (*Process, error) {
	p := &Process{command: c}
	if err := p.Restart(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// Restart runs the command again after [Process.Kill] or [Process.Stop], and
// returns once it is ready.
func (p *Process) Restart(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	cmd := exec.Command(p.command.Args[0], p.command.Args[1:]...) //nolint:gosec,noctx // What to run is for the test to say; it outlives the start's context.
	cmd.Env, cmd.Dir = p.command.Env, p.command.Dir
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Credential: p.command.User}
	started, gone := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(gone)
		// The kernel sends Pdeathsig when the thread that started the child ends,
		// which need not be when the process does.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // How it ended is in its log.
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start %s: %w", p.command.name(), err)
	}
	p.cmd, p.gone = cmd, gone
	if err := p.await(ctx); err != nil {
		p.kill()
		return fmt.Errorf("start %s: %w; its log:\n%s", p.command.name(), err, p.log.String())
	}
	return nil
}

// await returns once the server is ready.
func (p *Process) await(ctx context.Context) error {
	if p.command.Ready == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ask, done := context.WithTimeout(ctx, 5*time.Second)
		err := p.command.Ready(ask)
		done()
		if err == nil {
			return nil
		}
		select {
		case <-p.gone:
			return errors.New("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("it is not ready: %w", err)
		case <-tick.C:
		}
	}
}

// Kill ends the server and all that it has started by SIGKILL, and returns once
// they are gone. It does nothing to one that has ended.
func (p *Process) Kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kill()
}

func (p *Process) kill() {
	select {
	case <-p.gone:
		return
	default:
	}
	pid := p.cmd.Process.Pid
	_ = syscall.Kill(pid, syscall.SIGSTOP) // From here on it starts no others.
	family := descendants(pid)
	for _, each := range append(family, pid) {
		_ = syscall.Kill(each, syscall.SIGKILL)
	}
	<-p.gone
	awaitGone(family)
}

// Stop asks the server to end and returns once it has; after 30 s it kills it
// and says so.
func (p *Process) Stop() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	signal := p.command.StopSignal
	if signal == 0 {
		signal = syscall.SIGTERM
	}
	_ = p.cmd.Process.Signal(signal)
	timer := time.NewTimer(stopLimit)
	defer timer.Stop()
	select {
	case <-p.gone:
		return nil
	case <-timer.C:
		p.kill()
		return fmt.Errorf("%s did not end within %v of %v; its log:\n%s", p.command.name(), stopLimit, signal, p.log.String())
	}
}

// Signal sends the server's own process a signal.
func (p *Process) Signal(signal syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd.Process.Signal(signal)
}

// PID is the process id that the server has, or had last.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd.Process.Pid
}

// Gone is closed when the server that runs now has ended.
func (p *Process) Gone() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gone
}

// Log is the end of what the server has written to stdout and stderr, over all
// its starts.
func (p *Process) Log() string { return p.log.String() }
