package upload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/via-orchestrate/orchestrate/internal/problem"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	version    = "1.0.0" // of the tus protocol
	extensions = "creation,expiration,termination"

	// Lifetime is how long an upload is kept after the last byte was written.
	Lifetime = 24 * time.Hour
	// idleTimeout ends a request that sends nothing, so that a client whose
	// connection broke silently may resume.
	idleTimeout = 30 * time.Second
)

// Options says how a server works. Only Tenant is required.
type Options struct {
	// Tenant tells for whom a request acts. A [vod.Fault] becomes the answer.
	Tenant func(*http.Request) (string, error)
	// Changed hears of every upload that a request created or deleted, before
	// the answer; nil: nobody does. An error becomes the answer.
	Changed func(r *http.Request, action vod.Action, id string) error
	// InUse tells whether an unfinished ingest still needs an upload; such
	// uploads do not expire. nil: none is needed.
	InUse func(tenant, id string) (bool, error)
	// Shelf is where complete uploads are moved to. nil: they stay here.
	Shelf *Shelf
	// MaxSize is the largest upload in bytes; 0: no limit.
	MaxSize int64
	// MinFree is the disk space in bytes that uploads leave free.
	MinFree int64
	// Free measures the free space of a folder in bytes. nil: [FreeSpace].
	Free func(dir string) (int64, error)
	// Idle is how long a request may send nothing; 0: 30 seconds.
	Idle time.Duration
	// Log hears of failures of the disk. nil: [slog.Default].
	Log *slog.Logger
}

// Server keeps uploads in a folder. It is safe for concurrent use.
type Server struct {
	Options
	dir  string
	root *os.Root

	moves      singleflight.Group // by id
	moving     sync.RWMutex       // held for reading by every move
	background context.Context    // of moves; done when the server is closed
	end        context.CancelFunc

	mu         sync.Mutex
	writing    map[string]struct{} // ids that a request, a move or Sweep holds
	shelfSwept time.Time           // when Sweep looked at the shelf last
}

// New opens a server on the folder dir, which is made if it is missing. Close
// releases it.
func New(dir string, o Options) (*Server, error) {
	if o.Tenant == nil {
		return nil, errors.New("upload: no Tenant function")
	}
	if o.Free == nil {
		o.Free = FreeSpace
	}
	if o.Idle == 0 {
		o.Idle = idleTimeout
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder for uploads: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("folder for uploads: %w", err)
	}
	s := &Server{Options: o, dir: dir, root: root, writing: map[string]struct{}{}}
	s.background, s.end = context.WithCancel(context.Background())
	return s, nil
}

// Close breaks moves off, which go on after a start, and releases the folder.
func (s *Server) Close() error {
	s.end()
	s.moving.Lock()
	defer s.moving.Unlock()
	return s.root.Close()
}

// The methods of the two paths.
const (
	allCreate = "OPTIONS, POST"
	allUpload = "OPTIONS, HEAD, PATCH, DELETE"
)

// Handler serves /uploads and /uploads/{id}.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("OPTIONS /uploads", s.options(allCreate))
	mux.HandleFunc("OPTIONS /uploads/{id}", s.options(allUpload))
	mux.HandleFunc("POST /uploads", s.forTenant(s.create))
	mux.HandleFunc("HEAD /uploads/{id}", s.forTenant(s.head))
	mux.HandleFunc("PATCH /uploads/{id}", s.forTenant(s.patch))
	mux.HandleFunc("DELETE /uploads/{id}", s.forTenant(s.delete))
	mux.HandleFunc("/uploads", refuseMethod(allCreate))
	mux.HandleFunc("/uploads/{id}", refuseMethod(allUpload))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		problem.Write(w, r, problem.Document{Status: http.StatusNotFound, Detail: "There is nothing here."})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Tus-Resumable", version)
		w.Header().Set("Cache-Control", "no-store")
		overrideMethod(r)
		if r.Method != http.MethodOptions && r.Header.Get("Tus-Resumable") != version {
			w.Header().Set("Tus-Version", version)
			problem.Write(w, r, problem.Document{
				Status: http.StatusPreconditionFailed,
				Detail: "This server speaks version 1.0.0 of the tus protocol; the request must say so in the header Tus-Resumable.",
			})
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// overrideMethod follows X-HTTP-Method-Override, which the protocol's section
// "Headers" demands for clients that cannot send PATCH or DELETE.
func overrideMethod(r *http.Request) {
	if m := r.Header.Get("X-HTTP-Method-Override"); m != "" && r.Method == http.MethodPost {
		r.Method = strings.ToUpper(m)
	}
}

func refuseMethod(allowed string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allowed)
		problem.Write(w, r, problem.Document{
			Status: http.StatusMethodNotAllowed,
			Detail: fmt.Sprintf("The method %.20s is not possible here, only %s.", strings.ToValidUTF8(r.Method, "?"), allowed),
		})
	}
}

func (s *Server) options(allowed string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Allow", allowed)
		h.Set("Tus-Version", version)
		h.Set("Tus-Extension", extensions)
		if s.MaxSize > 0 {
			h.Set("Tus-Max-Size", strconv.FormatInt(s.MaxSize, 10))
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// forTenant adapts a handler that acts for a tenant and may fail.
func (s *Server) forTenant(serve func(http.ResponseWriter, *http.Request, string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		tenant, err := s.Tenant(r)
		if err == nil {
			err = serve(w, r, tenant)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	}
}

// refusal is an answer that no code of a [vod.Fault] stands for.
type refusal struct {
	status int
	detail string
}

func (e *refusal) Error() string { return e.detail }

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var no *refusal
	var fault *vod.Fault
	switch {
	case errors.As(err, &no):
		problem.Write(w, r, problem.Document{Status: no.status, Detail: no.detail})
	case errors.As(err, &fault):
		problem.Write(w, r, problem.FromError(err))
	case errors.Is(err, fs.ErrNotExist):
		problem.Write(w, r, problem.Document{
			Status: http.StatusNotFound, Detail: "There is no such upload. It may have expired; begin a new one.",
		})
	default:
		s.Log.ErrorContext(r.Context(), "upload failed", "method", r.Method, "path", r.URL.Path, "error", err)
		problem.Write(w, r, problem.FromError(err))
	}
}

// lock takes the upload for writing; false: somebody else has it.
func (s *Server) lock(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.writing[id]; taken {
		return false
	}
	s.writing[id] = struct{}{}
	return true
}

func (s *Server) unlock(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.writing, id)
}
