package proctest

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// ErrMissing is what [Find] does not find.
var ErrMissing = errors.New("a program that tests need is not on this machine")

// Share runs the tests of a binary beside a server that all of them share, and
// gives their exit code. start runs the server, and gives the value that the
// environment variable key is to have, for processes that the tests start too;
// where the variable is set there is a server already. Where its program is
// missing, [ErrMissing], the tests run without.
func Share(key string, start func(context.Context) (value string, end func() error, err error), run func() int) (code int) {
	if os.Getenv(key) != "" {
		return run()
	}
	value, end, err := start(context.Background())
	if errors.Is(err, ErrMissing) {
		return run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := end(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}()
	if err := os.Setenv(key, value); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}
