package postgres

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/store"
)

// TestServerIsKilled kills the server again and again while many write. What was
// answered is there, what was refused is not, and whoever listens hears of all
// that is there or that something was missed.
func TestServerIsKilled(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t, pgtest.Options{Durable: true})
	address := server.URL("postgres")
	d := bare(t, address)
	e := listening(t, address)
	var mu sync.Mutex
	written := map[string]bool{}
	refused := errors.New("refused")
	stop := make(chan struct{})
	var group sync.WaitGroup
	for caller := range 6 {
		group.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				name := fmt.Sprintf("%d-%d", caller, n)
				err := d.write(t.Context(), func(x *tx) error {
					if err := putProfile(name)(x); err != nil || n%5 != 4 {
						return err
					}
					return refused
				})
				if err != nil && !errors.Is(err, refused) {
					t.Logf("%s: %v", name, err)
				}
				mu.Lock()
				written[name] = err == nil
				mu.Unlock()
			}
		})
	}
	count := func() (n int) {
		mu.Lock()
		defer mu.Unlock()
		for _, ok := range written {
			if ok {
				n++
			}
		}
		return n
	}
	for range 3 {
		before := count()
		eventually(t, "writes", func() bool { return count() >= before+50 })
		server.Kill()
		server.Restart(t)
	}
	before := count()
	eventually(t, "writes after the last restart", func() bool { return count() >= before+50 })
	close(stop)
	group.Wait()

	there := profiles(t, d)
	for name, ok := range written {
		if _, found := slices.BinarySearch(there, name); found != ok {
			t.Errorf("%s: answered %v, there %v", name, ok, found)
		}
	}
	// What is written before there is a connection again is told of as missed.
	last := 0
	eventually(t, "a change after the last restart", func() bool {
		last++
		if err := d.write(t.Context(), putProfile(fmt.Sprint("last", last))); err != nil {
			t.Error(err)
		}
		heard := e.ids()
		missed := slices.Index(heard, string(store.ChangeMissed)+" ")
		return missed >= 0 && strings.HasPrefix(heard[len(heard)-1], "profile last")
	})
	t.Logf("%d of %d writes, %d changes heard", len(there), len(written), len(e.ids()))
}
