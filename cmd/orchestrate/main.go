// Command orchestrate takes videos into a VOD catalogue. See package cli for
// its commands and package app for the server.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/via-orchestrate/orchestrate/internal/app"
	"github.com/via-orchestrate/orchestrate/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks to stop; a second one ends the process at once.
	context.AfterFunc(ctx, stop)
	program := cli.Program{
		Serve: app.Serve, Work: app.Work, Examine: app.Examine, Backup: app.Backup, MigrateStore: app.MigrateStore,
		CreateToken: app.CreateToken, ListTokens: app.ListTokens, RevokeToken: app.RevokeToken,
	}
	os.Exit(program.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv))
}
