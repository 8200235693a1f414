package httpd

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/via-orchestrate/orchestrate/internal/apicheck"
)

// checker judges the exchanges of all tests together, so that it knows at the
// end which of the document's answers were seen.
var checker *apicheck.Checker

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if checker, err = apicheck.New(); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if err := allSeen(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}
