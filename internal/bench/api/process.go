package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

// process is a server in a process of its own.
type process struct {
	cmd *exec.Cmd
	url string
}

func (p *process) address() string { return strings.TrimPrefix(p.url, "http://") }

func startLimit(ctx context.Context, self string) (*process, error) {
	cmd := exec.CommandContext(ctx, self, "--limit")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return start(cmd, out)
}

func startServer(ctx context.Context, binary, data string) (*process, error) {
	cmd := exec.CommandContext(ctx, binary, "serve", //nolint:gosec // The program to measure is for the caller to choose.
		"--data", data, "--addr", "127.0.0.1:0", "--min-free", "0B",
		"--allow-net", "127.0.0.0/8", "--rate-limit", "0", "--drain", "0s")
	cmd.Dir = data
	out, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	return start(cmd, out)
}

var urlPattern = regexp.MustCompile(`"?url"?[=:]"?(http://[^\s"]+)`)

// start runs the command and waits for the line that tells its address.
func start(cmd *exec.Cmd, lines io.Reader) (*process, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd}
	var log strings.Builder
	scanner := bufio.NewScanner(lines)
	for p.url == "" && scanner.Scan() {
		log.WriteString(scanner.Text() + "\n")
		if m := urlPattern.FindStringSubmatch(scanner.Text()); m != nil {
			p.url = m[1]
		}
	}
	if p.url == "" {
		p.stop()
		return nil, fmt.Errorf("%s does not serve: %s", cmd, log.String())
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // It ends with the process.
	return p, nil
}

func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait() // The signal is how it ended.
}

// memory is what the process has in memory now, in bytes.
func (p *process) memory() (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 1 {
		return 0, errors.New("the kernel tells no VmRSS")
	}
	kib, err := strconv.ParseInt(fields[0], 10, 64)
	return kib << 10, err
}
