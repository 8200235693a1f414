package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/config"
)

// fail prints an error, if it is one, and gives the exit code.
func (sh *shell) fail(err error) int {
	var end outcome
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &end):
		return int(end)
	}
	fmt.Fprintf(sh.err, "orchestrate: %s\n", message(err))
	if h := hint(err); h != "" {
		fmt.Fprintf(sh.err, "Try: %s\n", h)
	}
	if asUsage(err) {
		return exitUsage
	}
	return exitFailed
}

// message is what an error says, without the layers that say nothing to a
// person: the flag that kong was at, the method and address of a request.
func message(err error) string {
	var conf *config.Error
	var request *url.Error
	switch {
	case errors.As(err, &conf):
		return conf.Error()
	case errors.Is(err, syscall.ECONNREFUSED) && errors.As(err, &request):
		return fmt.Sprintf("no server answers at %s", origin(request.URL))
	case errors.Is(err, errStranger) && errors.As(err, &request):
		return fmt.Sprintf("what answers at %s is not Orchestrate", origin(request.URL))
	case errors.As(err, &request):
		return fmt.Sprintf("cannot reach %s: %s", origin(request.URL), request.Err)
	case errors.Is(err, context.Canceled):
		return "interrupted"
	}
	return err.Error()
}

// origin is the part of an address that names the server.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the server"
	}
	return u.Scheme + "://" + u.Host
}

// hint is what to do about an error, empty if there is nothing to say.
func hint(err error) string {
	var h *hinted
	var usage *usageError
	var conf *config.Error
	var problem *client.Problem
	var request *url.Error
	var parse *kong.ParseError
	switch {
	case errors.As(err, &h):
		return h.hint
	case errors.As(err, &usage):
		return usage.hint
	case errors.As(err, &conf) && len(conf.Problems) == 1 && strings.HasPrefix(conf.Problems[0], "config: open "):
		return "check the path after --config or in ORCHESTRATE_CONFIG."
	case errors.As(err, &conf):
		return "mend the configuration; docs/orchestrate.yaml describes every key."
	case errors.Is(err, syscall.EADDRINUSE):
		return "the same with another address, such as --addr 127.0.0.1:8081."
	case errors.As(err, &problem):
		return problemHint(problem)
	case errors.Is(err, context.Canceled):
		return ""
	case errors.Is(err, errStranger):
		return "name the server's address with --server."
	case errors.As(err, &request):
		return "start the server with `orchestrate serve`, or name another one with --server."
	case errors.As(err, &parse):
		return commandOf(parse) + " --help"
	}
	return ""
}

// commandOf is the command that was being parsed, such as "orchestrate submit".
func commandOf(err *kong.ParseError) string {
	if node := err.Context.Selected(); node != nil {
		return node.FullPath()
	}
	return "orchestrate"
}

// problemHint is for problems whose command says nothing better.
func problemHint(p *client.Problem) string {
	switch {
	case p.Status == http.StatusUnauthorized:
		return "give a token with --token or ORCHESTRATE_TOKEN."
	case p.Status == http.StatusForbidden:
		return "a token that may do this (--token), or another tenant (--tenant)."
	case p.Status == http.StatusBadRequest && strings.Contains(p.Detail, "X-Vimond-Tenant"):
		return "choose a tenant with --tenant."
	case p.Status == http.StatusNotFound:
		return "`orchestrate list` shows what is there; --tenant chooses another tenant."
	case p.ErrorID != "":
		return "look up " + p.ErrorID + " in the server's log."
	case p.Status == http.StatusServiceUnavailable, p.Status == http.StatusTooManyRequests:
		return "the same again in a while."
	}
	return ""
}

// explain adds a hint to the Problem of one status.
func explain(err error, status int, hint string) error {
	var p *client.Problem
	if errors.As(err, &p) && p.Status == status {
		return &hinted{err, hint}
	}
	return err
}
