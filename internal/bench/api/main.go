package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"time"

	"github.com/alecthomas/kong"
)

// options are the command line.
type options struct {
	N      int           `default:"1000000" help:"Ingests in the large database."`
	Small  int           `default:"10000" help:"Ingests in the small one."`
	Server string        `default:"bin/orchestrate" help:"The program to measure."`
	Cache  string        `default:".cache/bench" help:"Folder that keeps the databases for the next run."`
	Round  time.Duration `default:"200ms" help:"How long the server, or the limit, is asked at a time."`
	Rounds int           `default:"5" help:"How many such turns a case has."`
	Case   string        `default:"." help:"Only cases that match this regular expression."`
	Limit  bool          `hidden:"" help:"Be the limit."`
}

func main() {
	var o options
	kong.Parse(&o, kong.Description("Measures the Status API against a plain handler in memory."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if o.Limit {
		err = serveLimit(ctx, os.Stdout)
	} else {
		err = bench(ctx, o, os.Stdout)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "bench-api:", err)
		stop()
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options, out io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	reference, err := startLimit(ctx, self)
	if err != nil {
		return err
	}
	defer reference.stop()
	var all []result
	var sizes []size
	var databases []database
	for _, n := range []int{o.Small, o.N} {
		db, err := filled(ctx, o.Cache, n)
		if err != nil {
			return err
		}
		databases = append(databases, db)
	}
	for _, signIn := range []bool{false, true} {
		if err := measure(ctx, o, databases, reference, signIn, &all, &sizes); err != nil {
			return err
		}
	}
	return report(out, o, all, sizes)
}

// measure runs a server on each database, and every case against them by
// turns.
func measure(ctx context.Context, o options, databases []database, reference *process, signIn bool, all *[]result, sizes *[]size) error {
	wanted, err := regexp.Compile(o.Case)
	if err != nil {
		return err
	}
	var subjects []*subject
	defer func() {
		for _, s := range subjects {
			s.stop()
		}
	}()
	for _, db := range databases {
		s, err := newSubject(ctx, o, db, signIn)
		if err != nil {
			return err
		}
		subjects = append(subjects, s)
	}
	for _, updates := range []bool{false, true} {
		for i, c := range cases(databases[0]) {
			if !wanted.MatchString(c.name) {
				continue
			}
			fmt.Fprintf(os.Stderr, "sign-in %s, updates %s: %s\n", onOff(signIn), onOff(updates), c.name)
			results, err := measureCase(ctx, o, i, subjects, reference, updates)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			*all = append(*all, results...)
		}
	}
	for _, s := range subjects {
		rss, err := s.server.memory()
		if err := errors.Join(err, s.work.failure()); err != nil {
			return err
		}
		*sizes = append(*sizes, size{n: s.db.N, signIn: signIn, rss: rss, file: s.db.bytes})
	}
	return nil
}
