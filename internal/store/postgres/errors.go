package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// passingError is the failure of a transaction of which nothing was written, and
// that may succeed when it is tried again.
type passingError struct{ error }

func (e *passingError) Unwrap() error { return e.error }

func passing(err error, passes bool) error {
	if !passes {
		return err
	}
	return &passingError{err}
}

// codeOf is the SQLSTATE of an error, "" for one that is not the server's.
func codeOf(err error) string {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return ""
	}
	return e.Code
}

// taken tells whether err is that of a row whose key another row has.
func taken(err error) bool { return codeOf(err) == "23505" }

// passes tells whether the reason of a failure passes by itself: another
// transaction was in the way, or the server is not there for a while.
func passes(err error) bool {
	switch code := codeOf(err); code {
	case "40001", "40P01", "55P03": // cannot be serialised, deadlock, a lock was waited for too long
		return true
	case "57P01", "57P02", "57P03", "53300", "25006": // is stopping, has crashed, is starting, has too many connections, is no longer the primary
		return true
	default:
		return strings.HasPrefix(code, "08") || unreachable(err)
	}
}

// unreachable tells whether there was no server to talk to, or none any more.
func unreachable(err error) bool {
	if errors.Is(err, errNotCommitted) {
		return true
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if codeOf(err) != "" || errors.Is(err, context.Canceled) {
		return false
	}
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err)
}

// explain says what is to be done about a failure that others than the caller
// can mend. The message names no address and no password.
func explain(err error) error {
	say := func(message string) error {
		return fmt.Errorf("%w (%w)", vod.Faultf(vod.Unavailable, "%s", message), err)
	}
	var fault *vod.Fault
	if errors.As(err, &fault) {
		return err
	}
	switch code := codeOf(err); {
	case code == "53100":
		return say("The disk of the database server is full: free some of its space.")
	case code == "25006":
		return say("The database can only be read: it is a standby, or was set to read only. Connect to the primary.")
	case code == "53300":
		return say("The database server has no connection left: raise its max_connections, or ask for fewer (pool_max_conns).")
	case code == "28P01" || code == "28000":
		return say("The database server refuses the role or its password.")
	case code == "3D000":
		return say("The database does not exist: create it, with ENCODING 'UTF8'.")
	case code == "57014":
		return say("The database took too long to answer; try again in a while.")
	case code == "40001" || code == "40P01" || code == "55P03":
		return say("The database is busy with other changes of the same; try again in a while.")
	case code == "22021":
		return fmt.Errorf("%w (%w)", vod.Faultf(vod.Invalid, "A text has a character that the database cannot keep."), err)
	case strings.HasPrefix(code, "57P") || strings.HasPrefix(code, "08") || unreachable(err):
		return say("The database server cannot be reached now: see that it runs and accepts connections from here.")
	}
	var again *passingError
	if errors.As(err, &again) {
		return say("The connection to the database server was lost; try again in a while.")
	}
	return err
}
