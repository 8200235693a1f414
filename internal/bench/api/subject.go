package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// subject is a server that is measured, on a copy of a database.
type subject struct {
	db     database
	signIn bool
	token  string // empty with sign-in off
	dir    string
	server *process
	work   *work
}

func newSubject(ctx context.Context, o options, db database, signIn bool) (_ *subject, err error) {
	s := &subject{db: db, signIn: signIn}
	defer func() {
		if err != nil {
			s.stop()
		}
	}()
	if s.dir, err = os.MkdirTemp(o.Cache, "run-"); err != nil {
		return nil, err
	}
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return nil, err
	}
	file := filepath.Join(s.dir, "orchestrate.db")
	if err := db.copyTo(file); err != nil {
		return nil, err
	}
	if signIn {
		if s.token, err = mint(ctx, file); err != nil {
			return nil, err
		}
	}
	binary, err := filepath.Abs(o.Server)
	if err != nil {
		return nil, err
	}
	if s.server, err = startServer(ctx, binary, s.dir); err != nil {
		return nil, err
	}
	s.work, err = newWork(ctx, s.server.url, s.token)
	return s, err
}

// stop ends all that there is of the subject.
func (s *subject) stop() {
	if s.work != nil {
		s.work.stop()
	}
	if s.server != nil {
		s.server.stop()
	}
	if err := os.RemoveAll(s.dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return // It lies in a folder of caches.
	}
}
