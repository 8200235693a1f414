package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain is the limit where the program starts itself as that.
func TestMain(m *testing.M) {
	if slices.Contains(os.Args, "--limit") {
		if err := serveLimit(context.Background(), os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// TestTheWholeBenchmark on a few ingests: every case is answered and stands in
// the report, in each of its circumstances.
func TestTheWholeBenchmark(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary := filepath.Join(dir, "orchestrate")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "github.com/via-orchestrate/orchestrate/cmd/orchestrate")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	o := options{N: 600, Small: 300, Server: binary, Cache: filepath.Join(dir, "cache"), Round: 2 * time.Millisecond, Rounds: 1, Case: "."}
	var out bytes.Buffer
	if err := bench(t.Context(), o, &out); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases(database{IDs: []string{"i"}, Assets: []string{"a"}, Details: []string{"i"}}) {
		for _, n := range []int{o.Small, o.N} {
			rows := 0
			for line := range strings.Lines(out.String()) {
				cells := strings.Split(line, "|")
				if len(cells) > 4 && strings.TrimSpace(cells[1]) == fmt.Sprint(n) && strings.TrimSpace(cells[4]) == c.name {
					rows++
				}
			}
			if rows != 4 { // Sign-in and updates, off and on.
				t.Errorf("%s, %d ingests: %d rows", c.name, n, rows)
			}
		}
	}
	for _, want := range []string{"MB of memory", "Aims: ", "600 ingests, sign-in on"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	if left, err := filepath.Glob(filepath.Join(o.Cache, "run-*")); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
	if kept, err := filepath.Glob(filepath.Join(o.Cache, "*.db")); err != nil || len(kept) != 2 {
		t.Errorf("kept for the next run: %v, %v", kept, err)
	}
}

// A mix is the same each time, and has what the cases ask for.
func TestMix(t *testing.T) {
	t.Parallel()
	const n = 10_000
	a, b := newMix(n), newMix(n)
	count := map[string]int{}
	last := int64(0)
	for i := range n {
		r := a.next(i)
		if other := b.next(i); r != other {
			t.Fatalf("row %d is %+v and %+v", i, r, other)
		}
		if r.start < last {
			t.Fatalf("row %d goes back in time", i)
		}
		last = r.start
		count[r.tenant]++
		count[r.status]++
		if r.asset == largeAsset {
			count["large"]++
		}
		if r.profile == rareProfile && r.status == rareStatus && r.tenant == tenant {
			count["worst"]++
		}
	}
	if count[tenant] < n/2 || count["COMPLETED"] < n*8/10 || count[rareStatus] == 0 || count[rareStatus] > n/100 ||
		count["large"] < n/20 || count["large"] > n/5 || count["worst"] < 5 || count["worst"] > 50 {
		t.Errorf("%v", count)
	}
}
