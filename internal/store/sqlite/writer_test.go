package sqlite

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
)

// batched runs writes in one batch, as if all had come at once, and gives
// their errors.
func batched(t *testing.T, s *Store, writes ...func(*tx) error) (errs []error) {
	t.Helper()
	return batchedWith(t, s, nil, writes...)
}

// batchedWith does so for a feed.
func batchedWith(t *testing.T, s *Store, f *feed, writes ...func(*tx) error) (errs []error) {
	t.Helper()
	conn, err := s.writeDB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w, err := newWriter(conn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.release() }()
	w.feed = f
	w.requests = make(chan *request, len(writes))
	var all []*request
	for _, do := range writes {
		r := &request{ctx: context.Background(), do: do, reply: make(chan error, 1)}
		w.requests <- r
		all = append(all, r)
	}
	w.batch(<-w.requests)
	for _, r := range all {
		errs = append(errs, <-r.reply)
	}
	return errs
}

// noWriter opens a store whose own writer has given its connection back.
func noWriter(t *testing.T) *Store {
	t.Helper()
	s := open(t)
	if err := s.writer.close(); err != nil {
		t.Fatal(err)
	}
	s.writer = nil
	return s
}

func insertProfile(name string) func(*tx) error {
	return func(t *tx) error {
		_, err := t.Exec("INSERT INTO profiles (tenant, name, version_id, document) VALUES ('t', ?, 1, '{}')", name)
		return err
	}
}

func profileNames(t *testing.T, s *Store) string {
	t.Helper()
	list, err := s.ProfileList(t.Context(), "t")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range list {
		names = append(names, p.Name)
	}
	return strings.Join(names, " ")
}

func TestARefusedWriteRollsBackItselfAlone(t *testing.T) {
	t.Parallel()
	s := noWriter(t)
	refused := errors.New("refused")
	errs := batched(t, s, insertProfile("a"),
		func(t *tx) error { return errors.Join(insertProfile("b")(t), refused) },
		func(*tx) error { return refused },
		insertProfile("a"), // is there already: a constraint
		insertProfile("c"))
	if errs[0] != nil || !errors.Is(errs[1], refused) || !errors.Is(errs[2], refused) || !taken(errs[3]) || errs[4] != nil {
		t.Errorf("errors: %v", errs)
	}
	if got := profileNames(t, s); got != "a c" {
		t.Errorf("written: %s", got)
	}
}

func TestAFailedCommitIsToldToEveryCaller(t *testing.T) {
	t.Parallel()
	s := noWriter(t)
	errs := batched(t, s, insertProfile("a"),
		func(t *tx) error {
			// A reference to nothing that SQLite only finds when it commits.
			if _, err := t.Exec("PRAGMA defer_foreign_keys = 1"); err != nil {
				return err
			}
			_, err := t.Exec("INSERT INTO ingest_inputs (ingest_id) VALUES ('nothing')")
			return err
		},
		insertProfile("b"))
	for i, err := range errs {
		if err == nil || !strings.Contains(err.Error(), "COMMIT") {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	if got := profileNames(t, s); got != "" {
		t.Errorf("written: %s", got)
	}
	if errs := batched(t, s, insertProfile("c")); errs[0] != nil {
		t.Errorf("the next batch: %v", errs)
	}
}

func TestAPanicIsToldToEveryCaller(t *testing.T) {
	t.Parallel()
	s := noWriter(t)
	errs := batched(t, s, insertProfile("a"),
		func(t *tx) error {
			if err := insertProfile("b")(t); err != nil {
				return err
			}
			panic("of the write")
		})
	for i, err := range errs {
		if err == nil || !strings.Contains(err.Error(), "of the write") {
			t.Errorf("caller %d: %v", i, err)
		}
	}
	if got := profileNames(t, s); got != "" {
		t.Errorf("written: %s", got)
	}
}

// TestAWriteThatEndsItsGoroutine is what a test does that calls FailNow in a
// write: nobody may wait for ever then.
func TestAWriteThatEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	s := open(t)
	err := s.write(t.Context(), func(*tx) error {
		runtime.Goexit()
		return nil
	})
	if !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
	if err := s.write(t.Context(), func(*tx) error { return nil }); !errors.Is(err, errClosed) {
		t.Errorf("the next write: %v", err)
	}
}
