package postgres

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"

	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/proctest"
)

// through gives the address of a database by way of a proxy that can be cut.
func through(t *testing.T, database string) (string, *toxiproxy.Proxy) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listen, err := proctest.Address(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "", listen, u.Host)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	u.Host = listen
	return u.String(), proxy
}

// eventually waits until ok.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			t.Errorf("%s: not within a minute", what)
			return
		}
		<-time.After(5 * time.Millisecond)
	}
}

// TestCommitWhoseAnswerIsLost: the server has committed, and the connection is
// cut before it could say so. The write has succeeded, and is not done again.
func TestCommitWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	direct := pgtest.Database(t)
	server := bare(t, direct)
	address, proxy := through(t, direct)
	d := bare(t, address)
	// The connection, which is used again, knows what a commit consists of.
	if err := d.write(t.Context(), putProfile("0")); err != nil {
		t.Fatal(err)
	}
	var calls atomic.Int32
	d.committing = func(*pgx.Conn) {
		if calls.Add(1) > 1 {
			return
		}
		// What is sent arrives; no answer does.
		_, err := proxy.Toxics.AddToxicJson(strings.NewReader(`{"name": "mute", "type": "timeout", "stream": "downstream", "attributes": {"timeout": 0}}`))
		if err != nil {
			t.Error(err)
		}
		go func() {
			eventually(t, "the commit", func() bool { return len(profiles(t, server)) == 2 })
			proxy.Stop()
			if err := proxy.Toxics.RemoveToxic(context.Background(), "mute"); err != nil {
				t.Error(err)
			}
			if err := proxy.Start(); err != nil {
				t.Error(err)
			}
		}()
	}
	if err := d.write(t.Context(), putProfile("a")); err != nil {
		t.Error(err)
	}
	if n := calls.Load(); n != 1 {
		t.Errorf("committed %d times", n)
	}
	if err := d.write(t.Context(), putProfile("b")); err != nil {
		t.Error(err)
	}
	if got := profiles(t, server); !slices.Equal(got, []string{"0", "a", "b"}) {
		t.Error(got)
	}
}

// TestCommitThatIsLost: the connection is cut before the server has heard of the
// commit. The write is done again.
func TestCommitThatIsLost(t *testing.T) {
	t.Parallel()
	direct := pgtest.Database(t)
	address, proxy := through(t, direct)
	d := bare(t, address)
	var calls atomic.Int32
	d.committing = func(*pgx.Conn) {
		if calls.Add(1) > 2 {
			return
		}
		proxy.Stop()
		if err := proxy.Start(); err != nil {
			t.Error(err)
		}
	}
	if err := d.write(t.Context(), putProfile("a")); err != nil {
		t.Error(err)
	}
	if n := calls.Load(); n != 3 {
		t.Errorf("tried %d times", n)
	}
	if got := profiles(t, d); !slices.Equal(got, []string{"a"}) {
		t.Error(got)
	}
}

// TestCommitThatWaitsAtTheServer: whoever asks ends the transaction that may
// still commit, so that the answer holds.
func TestCommitThatWaitsAtTheServer(t *testing.T) {
	t.Parallel()
	d := bare(t, pgtest.Database(t))
	release := make(chan struct{})
	begun := make(chan session)
	ended := make(chan error)
	go func() {
		ended <- d.once(t.Context(), "BEGIN", func(x *tx) error {
			if err := putProfile("a")(x); err != nil {
				return err
			}
			if _, err := x.Exec("SELECT orchestrate_commit(?, 'token')", sessionOf(x.conn).name); err != nil {
				return err
			}
			begun <- sessionOf(x.conn)
			<-release
			_, err := x.Exec("COMMIT")
			return err
		})
	}()
	written, err := d.committed(t.Context(), <-begun, "token")
	close(release)
	if err != nil || written {
		t.Errorf("%v, %v: it was not", written, err)
	}
	if err := <-ended; err == nil {
		t.Error("the transaction was committed after it was said that it was not")
	}
	if got := profiles(t, d); len(got) != 0 {
		t.Error(got)
	}
}
