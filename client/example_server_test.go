package client_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// fetch is a profile that only retrieves, so that the examples are quick.
const fetch = `
retrieval:
  - filesetFilter: initialInput
    retrievalProfile: {name: fetch, type: vimond_file_retriever, targetLocation: {name: store}}
    filesetLabelOut: retrieved
`

// exampleServer runs a whole server for an example, and knows the profile
// fetch. The client has no token, for the server has no sign-in.
func exampleServer() (c *client.Client, stop func()) {
	x := &example{}
	c, _ = apptest.Serve(x)
	if _, err := c.ApplyProfile(context.Background(), "fetch", []byte(fetch)); err != nil {
		panic(err)
	}
	return c, x.stop
}

// exampleSignIn runs a server with sign-in, and gives its address and a token
// of a viewer of the tenant acme.
func exampleSignIn() (url, token string, stop func()) {
	x := &example{}
	data := x.TempDir()
	tokens := apptest.Mint(x, data, vod.Token{Name: "example", Tenants: []string{"acme"}, Role: vod.Viewer, Expires: time.Now().Add(time.Hour)})
	_, a := apptest.Serve(x, "--data", data)
	return a.URL(), tokens[0], x.stop
}

// example is as much of a [testing.TB] as starting a server takes: examples
// have none of their own.
type example struct {
	testing.TB
	cleanups []func()
}

func (*example) Helper()                         {}
func (*example) Log(...any)                      {}
func (*example) Context() context.Context        { return context.Background() }
func (*example) Fatal(args ...any)               { panic(fmt.Sprint(args...)) }
func (*example) Error(args ...any)               { panic(fmt.Sprint(args...)) }
func (*example) Errorf(text string, args ...any) { panic(fmt.Sprintf(text, args...)) }
func (x *example) Cleanup(f func())              { x.cleanups = append(x.cleanups, f) }

func (x *example) TempDir() string {
	dir, err := os.MkdirTemp("", "orchestrate-example-")
	if err != nil {
		panic(err)
	}
	x.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (x *example) stop() {
	for _, f := range slices.Backward(x.cleanups) {
		f()
	}
}
