package proctest_test

import (
	"context"
	"errors"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/proctest"
)

// A process is killed with all that it has started, in whatever session.
func TestKillTakesTheFamily(t *testing.T) {
	t.Parallel()
	script := `setsid sh -c 'sleep 1000 & echo child $!; echo child $$; wait' & wait`
	p, err := proctest.Start(t.Context(), proctest.Command{Args: []string{"sh", "-c", script}})
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var family []string
	for len(family) < 2 {
		<-tick.C
		family = regexp.MustCompile(`child (\d+)\n`).FindAllString(p.Log(), -1)
	}
	p.Kill()
	for _, line := range family {
		pid := strings.TrimSpace(strings.TrimPrefix(line, "child "))
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err == nil && !strings.Contains(string(stat), ") Z ") { // One that nobody has asked for yet.
			t.Errorf("still there: %s", stat)
		}
	}
	p.Kill() // Again is no harm.
}

func TestStartOfWhatDoesNotServe(t *testing.T) {
	t.Parallel()
	_, err := proctest.Start(t.Context(), proctest.Command{Args: []string{"sh", "-c", "echo out of memory >&2; exit 1"}, Ready: func(context.Context) error { return errors.New("not yet") }})
	if err == nil || !strings.Contains(err.Error(), "out of memory") || !strings.Contains(err.Error(), "ended") {
		t.Errorf("%v", err)
	}
}

func TestStopAndRestart(t *testing.T) {
	t.Parallel()
	p, err := proctest.Start(t.Context(), proctest.Command{Args: []string{"sh", "-c", "echo started; exec sleep 1002"}})
	if err != nil {
		t.Fatal(err)
	}
	first := p.PID()
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := p.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	if p.PID() == first || p.Signal(syscall.Signal(0)) != nil {
		t.Errorf("process %d after %d", p.PID(), first)
	}
	select {
	case <-p.Gone():
		t.Error("it has ended")
	default:
	}
}
