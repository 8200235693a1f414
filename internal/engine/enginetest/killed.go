package enginetest

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The environment of the second process of the case Killed.
const (
	childDir  = "ENGINETEST_DIR"
	childName = "ENGINETEST_NAME"
)

// Main is for TestMain. It gives true when this process is the second one of
// the case Killed; it then has done its part, and the caller exits.
func Main(newEngine New) bool {
	dir := os.Getenv(childDir)
	if dir == "" {
		return false
	}
	fmt.Println("failed:", serve(dir, os.Getenv(childName), newEngine))
	return true
}

// serve runs an engine whose encode on the left tells that it runs and never
// ends. It returns only with an error.
func serve(dir, name string, newEngine New) error {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, storePath(dir))
	if err != nil {
		return err
	}
	steps := newScript()
	steps.on("left", func(context.Context, step.Job) error {
		fmt.Println("running")
		select {}
	})
	e, err := newEngine(deps(dir, name, store, steps, slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	if err := e.Start(ctx); err != nil {
		return err
	}
	select {} // until it is killed
}

// killed: a process that is killed in the middle of a task, without a chance to
// say so, costs that attempt and nothing else.
func killed(t *testing.T, b *bundle) {
	id := b.ingest(forked)
	b.must(b.store.Close())
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+b.dir, childName+"="+b.name)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	b.must(err)
	b.must(cmd.Start())
	lines := make(chan string, 1)
	go func() {
		scanner := bufio.NewScanner(out)
		scanner.Scan()
		lines <- scanner.Text()
	}()
	if line := receive(t, "the second process's task", lines); line != "running" {
		t.Errorf("the second process says %q", line)
	}
	b.must(cmd.Process.Kill())
	_ = cmd.Wait() // It was killed: that is what it says.
	died := time.Now()
	b.must(os.RemoveAll(scratchPath(b.dir)))

	b.store, err = sqlite.Open(t.Context(), storePath(b.dir))
	b.must(err)
	t.Cleanup(func() { b.must(b.store.Close()) })
	again := newGate()
	b.script.on("left", again.act)
	b.engine()
	receive(t, "the next attempt", again.begun)
	t.Logf("from the death to the next attempt: %s", time.Since(died))
	again.opened <- nil
	run := b.end(id, vod.Completed)
	b.attempts(run.Tasks[0], 1)
	first := b.attempts(run.Tasks[1], 2)[0]
	if first.Error == nil || first.Error.Reason != vod.ReasonLost || run.Tasks[1].Failures != 0 {
		t.Errorf("first attempt: %+v", first)
	}
}
