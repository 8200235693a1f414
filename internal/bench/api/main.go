package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
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
	for _, db := range databases {
		for _, signIn := range []bool{false, true} {
			results, rss, err := measure(ctx, o, db, reference, signIn)
			if err != nil {
				return fmt.Errorf("%d ingests: %w", db.N, err)
			}
			all = append(all, results...)
			sizes = append(sizes, size{n: db.N, signIn: signIn, rss: rss, file: db.bytes})
		}
	}
	return report(out, o, all, sizes)
}

// measure runs the server on a copy of the database, and every case against it.
func measure(ctx context.Context, o options, db database, reference *process, signIn bool) (results []result, rss int64, err error) {
	wanted, err := regexp.Compile(o.Case)
	if err != nil {
		return nil, 0, err
	}
	dir, err := os.MkdirTemp(o.Cache, "run-")
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, 0, err
	}
	if err := db.copyTo(filepath.Join(dir, "orchestrate.db")); err != nil {
		return nil, 0, err
	}
	token := ""
	if signIn {
		if token, err = mint(ctx, filepath.Join(dir, "orchestrate.db")); err != nil {
			return nil, 0, err
		}
	}
	server, err := startServer(ctx, o.Server, dir)
	if err != nil {
		return nil, 0, err
	}
	defer server.stop()
	work, err := newWork(ctx, server.url, token)
	if err != nil {
		return nil, 0, err
	}
	defer work.stop()
	for _, updates := range []bool{false, true} {
		if updates {
			work.start(ctx)
		}
		for _, c := range cases(db) {
			if !wanted.MatchString(c.name) {
				continue
			}
			fmt.Fprintf(os.Stderr, "%9d ingests, sign-in %-5t, updates %-5t: %s\n", db.N, signIn, updates, c.name)
			r, err := measureCase(ctx, o, c, server, reference, token)
			if err != nil {
				return nil, 0, fmt.Errorf("%s: %w", c.name, err)
			}
			r.n, r.signIn, r.updates = db.N, signIn, updates
			results = append(results, r)
		}
	}
	rss, err = server.memory()
	return results, rss, errors.Join(err, work.failure())
}
