package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/alecthomas/kong"

	"github.com/via-orchestrate/orchestrate/internal/config"
	"github.com/via-orchestrate/orchestrate/internal/doctor"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// The exit codes.
const (
	exitOK        = 0
	exitFailed    = 1
	exitUsage     = 2
	exitCancelled = 3
)

const description = `Takes videos into a VOD catalogue: retrieves, encodes, packages, distributes and publishes them.

Exit codes: 0 done (a watched ingest: completed or skipped), 1 failed (a request too), 2 wrong usage or configuration, 3 the watched ingest was cancelled.`

// pollEvery is how often a watched ingest is asked for.
const pollEvery = 500 * time.Millisecond

// Program is what the command line cannot do itself.
type Program struct {
	// Serve runs the server until ctx is done; it logs to log.
	Serve func(ctx context.Context, c config.Config, log io.Writer) error
	// Work runs a worker until ctx is done; it logs to log.
	Work func(ctx context.Context, c config.Config, log io.Writer) error
	// Examine checks what the configuration names beyond this machine's programs
	// and folders.
	Examine func(ctx context.Context, c config.Config) []doctor.Finding
	// Backup writes the database, in use or not, to a new file.
	Backup func(ctx context.Context, c config.Config, file string) error
	// MigrateStore copies one database to another, which is empty, and tells
	// progress how far it is.
	MigrateStore func(ctx context.Context, from, to config.Config, progress io.Writer) (rows, replaced int, err error)
	// CreateToken mints a token with the name, tenants, role and end of t, and
	// gives it with its text. Like the next two, it works beside a server.
	CreateToken func(ctx context.Context, c config.Config, t vod.Token) (minted vod.Token, text string, err error)
	// ListTokens gives all tokens that were minted.
	ListTokens func(ctx context.Context, c config.Config) ([]vod.Token, error)
	// RevokeToken revokes a token, and gives it.
	RevokeToken func(ctx context.Context, c config.Config, id string) (vod.Token, error)
	// Poll is how often a watched ingest is asked for; 0: every 500 ms.
	Poll time.Duration
}

// grammar is every command with its flags.
type grammar struct {
	Serve        serveCmd        `cmd:"" help:"Run the server."`
	Worker       workerCmd       `cmd:"" help:"Run tasks that Temporal delivers, on any number of machines."`
	Submit       submitCmd       `cmd:"" help:"Ingest a file or URL."`
	List         listCmd         `cmd:"" help:"List ingests, newest first."`
	Get          getCmd          `cmd:"" help:"Show an ingest."`
	Watch        watchCmd        `cmd:"" help:"Follow an ingest to its end."`
	Cancel       cancelCmd       `cmd:"" help:"Stop an ingest."`
	Retry        retryCmd        `cmd:"" help:"Take up a failed or cancelled ingest again."`
	Priority     priorityCmd     `cmd:"" help:"Set an ingest's priority and due time."`
	Delete       deleteCmd       `cmd:"" help:"Remove a finished ingest and what it published."`
	Profile      profileCmd      `cmd:"" help:"Work with profiles."`
	Playback     playbackCmd     `cmd:"" help:"Show what plays for an asset, or roll it back."`
	Workers      workersCmd      `cmd:"" help:"List the processes that run tasks."`
	Import       importCmd       `cmd:"" help:"Take over the history of another Status API."`
	Audit        auditCmd        `cmd:"" help:"Show who changed what."`
	Backup       backupCmd       `cmd:"" help:"Copy the database to a file, while the server runs or not."`
	MigrateStore migrateStoreCmd `cmd:"" help:"Copy the database to another one, such as from SQLite to Postgres, while no server runs."`
	Token        tokenCmd        `cmd:"" help:"Make, list and revoke access tokens, while the server runs or not."`
	Whoami       whoamiCmd       `cmd:"" help:"Show who the server takes the caller for, and what that one may do."`
	Check        checkCmd        `cmd:"" help:"Check an HLS or DASH presentation by the rules of its specifications."`
	Doctor       doctorCmd       `cmd:"" help:"Check that everything that is needed is there."`
	Conformance  conformanceCmd  `cmd:"" help:"Check that a server speaks the Status API."`
	Config       configCmd       `cmd:"" help:"Print the configuration in effect, as a file."`
	Version      versionCmd      `cmd:"" help:"Print the version."`
}

// shell is what a command runs in.
type shell struct {
	Program
	in       io.Reader
	out, err io.Writer
	source   *config.Source
}

// Run carries out one command and gives its exit code. ctx is done when the
// user interrupts; env is [os.LookupEnv] or a stand-in.
func (p Program) Run(
	ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) (string, bool),
) int {
	if p.Poll == 0 {
		p.Poll = pollEvery
	}
	sh := &shell{Program: p, in: stdin, out: stdout, err: stderr, source: config.NewSource(env, "server", "token", "tenant")}
	helped := false
	parser, err := kong.New(&grammar{},
		kong.Name("orchestrate"), kong.Description(description), kong.Writers(stdout, stderr), kong.Resolvers(sh.source),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Exit(func(int) { helped = true }), // After --help, kong goes on parsing.
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(sh),
	)
	if err != nil {
		return sh.fail(err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if helped {
		return exitOK
	}
	if err != nil {
		return sh.fail(err)
	}
	return sh.fail(command.Run())
}

// outcome is the end of a watched ingest, as an exit code. What there was to
// say is said.
type outcome int

func (o outcome) Error() string { return "the ingest did not complete" }

// usageError is a command line that cannot be carried out.
type usageError struct{ message, hint string }

func (e *usageError) Error() string { return e.message }

// hinted is an error with what to do about it.
type hinted struct {
	error
	hint string
}

func (e *hinted) Unwrap() error { return e.error }

func asUsage(err error) bool {
	var parse *kong.ParseError
	var usage *usageError
	var conf *config.Error
	return errors.As(err, &parse) || errors.As(err, &usage) || errors.As(err, &conf)
}
