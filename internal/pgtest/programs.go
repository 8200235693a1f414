package pgtest

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"github.com/via-orchestrate/orchestrate/internal/proctest"
)

// programs is the folder of initdb and postgres. Debian keeps them out of PATH.
func programs() (string, error) {
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.Reverse(folders) // the newest first, as far as names tell
	initdb, err := proctest.Find("initdb", append(folders, "/usr/local/bin")...)
	if err != nil {
		return "", err
	}
	return filepath.Dir(initdb), nil
}

// account is whom Postgres is to run as, for it refuses to as root: nil is the
// user of this process.
func account() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(account.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(account.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("Postgres does not run as root, and there is no user postgres or nobody") //nolint:staticcheck // Postgres is its name.
}
