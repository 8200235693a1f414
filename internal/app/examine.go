package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/doctor"
	"github.com/via-orchestrate/orchestrate/internal/engine/temporal"
	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/store/postgres"
	"github.com/via-orchestrate/orchestrate/internal/store/sqlite"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// examinePatience bounds what one check of Examine waits for.
const examinePatience = 20 * time.Second

// Examine checks what the configuration names: what this machine can encode, the
// database, Temporal, the buckets, and whether the parts fit each other. It
// changes nothing, but for files that it writes to buckets and removes.
func Examine(ctx context.Context, c config.Config) []doctor.Finding {
	p := newCore(ctx, c, nil, slog.New(slog.DiscardHandler))
	defer p.endWork()
	all := p.examineMachine(ctx)
	all = append(all, p.examineStore(ctx)...)
	if c.Temporal.Used() {
		all = append(all, p.examineTemporal(ctx)...)
	}
	return append(all, p.examineFiles(ctx)...)
}

func (p *core) examineMachine(ctx context.Context) []doctor.Finding {
	ctx, cancel := context.WithTimeout(ctx, examinePatience)
	defer cancel()
	tools, err := ffmpeg.New(ffmpegConfig(p.config)) //nolint:contextcheck // It is bounded by its own time limit.
	if err != nil {
		return nil // That there is none was found before.
	}
	p.tools = tools
	m, err := p.probe(ctx)
	if err != nil {
		return []doctor.Finding{{Name: "this machine", State: doctor.Problem, Detail: err.Error()}}
	}
	return doctor.Machine(m)
}

func (p *core) examineStore(ctx context.Context) []doctor.Finding {
	ctx, cancel := context.WithTimeout(ctx, examinePatience)
	defer cancel()
	if !p.config.Postgres() {
		return []doctor.Finding{examineSQLite(ctx, p.config.SQLitePath())}
	}
	problem := func(err error) []doctor.Finding {
		return []doctor.Finding{{Name: "database", State: doctor.Problem, Detail: p.config.ShownDB() + ": " + err.Error()}}
	}
	address, err := postgresAddress(p.config)
	if err != nil {
		return problem(err)
	}
	f, err := postgres.Examine(ctx, address)
	if err != nil {
		return problem(err)
	}
	all := doctor.Postgres(doctor.PostgresFacts{
		Address: p.config.ShownDB(), Version: f.Version, Role: f.Role, Schema: f.Schema, Knows: f.Knows,
		MayCreate: f.MayCreate, Standby: f.Standby, Used: f.Used, Max: f.Max,
	})
	all = append(all, doctor.Clock("the database", f.Now, f.Asked, f.Told))
	if f.Schema < f.Knows {
		return all // There may be no tables yet.
	}
	return append(all, examineWorkers(ctx, address)...)
}

// examineWorkers opens the store, whose schema is known to be that of this
// program.
func examineWorkers(ctx context.Context, address string) []doctor.Finding {
	db, err := postgres.Open(ctx, address)
	if err != nil {
		return []doctor.Finding{{Name: "workers", State: doctor.Problem, Detail: err.Error()}}
	}
	defer db.Close()
	now := vod.Now()
	workers, err := db.WorkerList(ctx, now.Add(-vod.WorkerLost))
	if err != nil {
		return []doctor.Finding{{Name: "workers", State: doctor.Problem, Detail: err.Error()}}
	}
	return doctor.Workers(workers, now)
}

func examineSQLite(ctx context.Context, path string) doctor.Finding {
	const name = "database"
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return doctor.Finding{Name: name, State: doctor.OK, Detail: path + " will be made"}
	}
	current, err := sqlite.Current(ctx, path)
	if err == nil {
		err = sqlite.Check(ctx, path)
	}
	switch {
	case err != nil:
		return doctor.Finding{Name: name, State: doctor.Problem, Detail: err.Error(), Do: "put a backup in its place"}
	case !current:
		return doctor.Finding{Name: name, State: doctor.Warning, Detail: path + " is that of an older release; a server brings it up to date when it starts"}
	}
	return doctor.Finding{Name: name, State: doctor.OK, Detail: path + " is whole, and of this release"}
}

func (p *core) examineTemporal(ctx context.Context) []doctor.Finding {
	const name = "temporal"
	ctx, cancel := context.WithTimeout(ctx, examinePatience)
	defer cancel()
	t := p.config.Temporal
	conn, err := temporal.Dial(ctx, p.temporalConnection(0))
	if err != nil {
		return []doctor.Finding{{Name: name, State: doctor.Problem, Detail: err.Error()}}
	}
	defer conn.Close()
	facts, err := temporal.Examine(ctx, conn, t.Namespace, t.Prefix)
	if err != nil {
		return []doctor.Finding{{Name: name, State: doctor.Problem, Detail: err.Error()}}
	}
	all := []doctor.Finding{{Name: name, State: doctor.OK, Detail: fmt.Sprintf("%s, version %s, namespace %s", t.Address, facts.Version, t.Namespace)}}
	return append(all, doctor.Temporal(doctor.TemporalFacts{
		Unknown: facts.Unknown, Priorities: facts.Priorities, Planners: facts.Planners, Pollers: facts.Pollers,
	})...)
}
