package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestManyLargeBodies: a hundred bodies of 32 MiB at once are answered one
// after the other or told to come again, in bounded memory.
func TestManyLargeBodies(t *testing.T) {
	t.Parallel()
	const bodies, most = 100, 1 << 30
	p := start(t, t.TempDir())
	address := strings.TrimSuffix(p.client.URL("x"), "/x")
	// Documents that are none, as many as are let in: what costs most.
	body := []byte("[" + strings.TrimSuffix(strings.Repeat(`{"ingestId":"a","more":"`+strings.Repeat("b", 300)+`"},`, 99_000), ","))
	body = append(append(body, bytes.Repeat([]byte(" "), 32<<20-len(body)-1)...), ']')
	before := peak(t, p.Process.Pid)
	statuses := make([]int, bodies)
	var all sync.WaitGroup
	for i := range bodies {
		all.Go(func() { statuses[i] = post(t, address+"/imports", body) })
	}
	all.Wait()
	count := map[int]int{}
	for _, status := range statuses {
		count[status]++
	}
	if count[http.StatusOK] == 0 || count[http.StatusOK]+count[http.StatusServiceUnavailable] != bodies {
		t.Errorf("statuses %v", count)
	}
	after := peak(t, p.Process.Pid)
	t.Logf("statuses %v; memory at its highest %d MiB before, %d MiB after", count, before>>20, after>>20)
	if after > most {
		t.Errorf("the server took %d MiB", after>>20)
	}
	if log := p.end(t, syscall.SIGTERM); strings.Contains(log, "level=ERROR") || strings.Contains(log, "panic") {
		t.Error(log)
	}
}

func post(t *testing.T, url string, body []byte) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
		// Turned away before it had sent all: the connection is closed with the
		// answer, which a client that is still busy sending may not get to read.
		return http.StatusServiceUnavailable
	}
	if err != nil {
		t.Error(err)
		return 0
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

var highWater = regexp.MustCompile(`VmHWM:\s+([0-9]+) kB`)

// peak is the most memory in bytes that a process ever had resident (proc(5)).
func peak(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	kB, err := strconv.ParseInt(string(highWater.FindSubmatch(status)[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kB << 10
}
