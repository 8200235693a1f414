package orchestrate

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/plan"
	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// Engine is what the use cases ask of the engine.
type Engine interface {
	Wake(ctx context.Context, ingestID string) error
	Waiting(ctx context.Context, r plan.Ready) string
}

// Locations is what the use cases ask of the places where files live.
type Locations interface {
	Resolve(tenant string, loc vod.Location) (vod.Location, error)
	Exists(ctx context.Context, tenant string, filesets []vod.Fileset) bool
}

// Config is what a Service works with. All fields but SourceDirs are required.
type Config struct {
	Store  store.Store
	Engine Engine
	// Hold says why no new work can begin; empty when it can.
	Hold      func() string
	Locations Locations
	// RemoveFiles removes the files of ingests that were deleted. What it cannot
	// remove now is removed later.
	RemoveFiles func(ctx context.Context, ingestIDs ...string)
	// Digest identifies a set of input files by type, language and MD5; not ok
	// when the MD5 of one is not known.
	Digest func(filesets []vod.Fileset) (digest string, ok bool)
	// SourceDirs are the folders below which this server reads file: sources.
	SourceDirs []string
	// Version is the pipeline version that snapshots name.
	Version string
	Now     func() time.Time
	Log     *slog.Logger
}

// Service carries out the use cases. It is safe for concurrent use.
type Service struct {
	Config
	builtIn vod.ProfileVersion
	jobs    *jobs
	learnt  learnt
	// applying keeps a version from coming between the look at the newest and the
	// next one.
	applying sync.Mutex
}

// shared is the tenant that holds what every tenant may use; no caller acts
// for it.
const shared = ""

// New makes a Service and registers the built-in profile.
func New(ctx context.Context, c Config) (*Service, error) {
	s := &Service{Config: c, jobs: newJobs(ctx), learnt: learnt{runs: map[[2]string]learntRuns{}}}
	doc := profile.Default()
	var err error
	s.builtIn, _, err = c.Store.ProfilePut(ctx, vod.ProfileVersion{
		Tenant: shared, Name: doc.Name, VersionID: c.Now().UnixMilli(), Document: doc.JSON,
	}, vod.AuditEntry{})
	if err != nil {
		return nil, fmt.Errorf("register the built-in profile: %w", err)
	}
	return s, nil
}

// Ready tells whether new work can be taken and begun: an Unavailable fault
// says what keeps it waiting.
func (s *Service) Ready(ctx context.Context) error {
	if held := s.Hold(); held != "" {
		return vod.Faultf(vod.Unavailable, "%s", held)
	}
	return s.Store.Ready(ctx)
}
