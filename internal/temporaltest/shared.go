package temporaltest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
)

// SharedKey is the environment variable with the address of the server that
// [Main] runs, for processes that the tests start too.
const SharedKey = "TEMPORALTEST_ADDRESS"

// Main runs the tests beside a server that all of them share, and gives their
// exit code. Where the program is missing they run without, and [Address]
// tells.
func Main(run func() int) (code int) {
	if os.Getenv(SharedKey) != "" {
		return run() // The server is that of the process that started this one.
	}
	s, err := start(context.Background())
	if errors.Is(err, errMissing) {
		return run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := s.end(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}()
	if err := os.Setenv(SharedKey, s.Address); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

// Address is that of the server of [Main], or, without that, of one of the
// test's own, which takes seconds to start.
func Address(t testing.TB) string {
	t.Helper()
	if shared := os.Getenv(SharedKey); shared != "" {
		return shared
	}
	return Start(t).Address
}
