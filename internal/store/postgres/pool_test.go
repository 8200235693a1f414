package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/pgtest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestPoolIsBounded: 200 callers share the connections there may be, and reads
// are answered although all writes wait for one lock.
func TestPoolIsBounded(t *testing.T) {
	t.Parallel()
	address := pgtest.Database(t) + "&pool_max_conns=4&application_name=bounded"
	d := bare(t, address)
	var holders, most atomic.Int32
	hold, held := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	for i := range 200 {
		group.Go(func() {
			err := d.write(t.Context(), func(x *tx) error {
				if err := x.Lock("the", "same"); err != nil {
					return err
				}
				if holders.Add(1) == 1 {
					close(held)
					<-hold
				}
				return putProfile(fmt.Sprint(i))(x)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	<-held
	for range 10 {
		most.Store(max(most.Load(), int32(connections(t, d))))
		if got := profiles(t, d); len(got) != 0 {
			t.Error(got)
		}
	}
	close(hold)
	group.Wait()
	if got := len(profiles(t, d)); got != 200 {
		t.Errorf("%d profiles", got)
	}
	if n := max(int(most.Load()), connections(t, d)); n > 4 {
		t.Errorf("%d connections, 4 may be", n)
	}
}

// connections counts those of the database at its server.
func connections(t *testing.T, d *database) (n int) {
	t.Helper()
	err := d.read(t.Context(), func(x *tx) error {
		return x.conn.QueryRow(x.ctx, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'bounded'").Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPoolSize(t *testing.T) {
	t.Parallel()
	for parameter, want := range map[string]int32{"": 10, "&pool_max_conns=3": 3, "&pool_max_conns=100": 100} {
		config, err := parse("postgres://o:hunter2@db/o?sslmode=disable" + parameter)
		if err != nil || config.MaxConns != want {
			t.Errorf("%s: %v, %v", parameter, config, err)
		}
	}
}

// TestErrorsKeepThePassword: whatever is wrong with an address or a server, the
// password is not told.
func TestErrorsKeepThePassword(t *testing.T) {
	t.Parallel()
	good, err := url.Parse(pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(*url.URL)) string {
		u := *good
		f(&u)
		return u.String()
	}
	for name, address := range map[string]string{
		"malformed":         "postgres://o:hunter2@db:port/o",
		"a wrong parameter": "postgres://o:hunter2@db/o?pool_max_conns=hunter2",
		"too few":           "postgres://o:hunter2@db/o?pool_max_conns=1",
		"nobody there":      change(func(u *url.URL) { u.User, u.Host = url.UserPassword("o", "hunter2"), "127.0.0.1:1" }),
		"wrong password":    change(func(u *url.URL) { u.User = url.UserPassword("orchestrate", "hunter2") }),
		"no such database":  change(func(u *url.URL) { u.Path = "/none" }),
		"no such host":      change(func(u *url.URL) { u.User, u.Host = url.UserPassword("o", "hunter2"), "nowhere.invalid" }),
		"no TLS":            change(func(u *url.URL) { u.RawQuery = "sslmode=require" }),
	} {
		_, err := Current(t.Context(), address)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		password, _ := good.User.Password()
		if text := err.Error(); strings.Contains(text, "hunter2") || strings.Contains(text, password) {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// TestFailuresSayWhatToDo: what others than the caller can mend.
func TestFailuresSayWhatToDo(t *testing.T) {
	t.Parallel()
	address := pgtest.Database(t)
	d := bare(t, address)
	refused := func(want string, err error) {
		t.Helper()
		if vod.CodeOf(err) != vod.Unavailable || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want a fault that says: %s", err, want)
		}
	}
	for code, want := range map[string]string{"53100": "disk of the database server is full", "25006": "can only be read", "53300": "max_connections"} {
		refused(want, explain(raise(t, d, code)))
	}
	_, err := Current(t.Context(), strings.Replace(address, "/test_", "/none_", 1))
	refused("does not exist", err)
	err = d.write(t.Context(), putProfile("nul\x00l"))
	if vod.CodeOf(err) != vod.Invalid || !strings.Contains(err.Error(), `"nul\x00l" has a NUL character`) {
		t.Error(err)
	}
	if err := errors.Join(d.write(t.Context(), putProfile("p"))); err != nil {
		t.Error(err)
	}
	if err := d.write(t.Context(), putProfile("p")); !taken(err) {
		t.Error(err)
	}
}

// raise gives the error that the server has with a code.
func raise(t *testing.T, d *database, code string) (err error) {
	t.Helper()
	conn, acquireErr := d.pool.Acquire(t.Context())
	if acquireErr != nil {
		t.Fatal(acquireErr)
	}
	defer conn.Release()
	_, err = conn.Exec(t.Context(), "DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '"+code+"'; END $$")
	return err
}
