package temporaltest

import (
	"context"
	"os"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/proctest"
)

// SharedKey is the environment variable with the address of the server that
// [Main] runs, for processes that the tests start too.
const SharedKey = "TEMPORALTEST_ADDRESS"

// Main runs the tests beside a server that all of them share, and gives their
// exit code. Where the program is missing they run without, and [Address]
// tells.
func Main(run func() int) int {
	return proctest.Share(SharedKey, func(ctx context.Context) (string, func() error, error) {
		s, err := start(ctx)
		if err != nil {
			return "", nil, err
		}
		return s.Address, s.end, nil
	}, run)
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
