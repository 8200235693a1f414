// Package cli is the command line of Orchestrate: every command, its flags, what
// it prints and its exit code.
//
// [Program.Run] is the whole program but for what a process has: arguments,
// streams and environment are given, so that tests run it as a function. What
// the command line cannot do itself (serve, back up) is injected, and a server
// is talked to through package client alone.
//
// Commands return errors; errors.go alone prints them, with a hint after
// "Try:", and turns them into exit codes:
//
//	0  done; for a watched ingest: COMPLETED or SKIPPED
//	1  failed: the request, or the watched ingest
//	2  usage: the command line or the configuration is wrong
//	3  the watched ingest was cancelled
//
// What a watched ingest looks like is a [frame], made out of the server's
// documents and turned into text by pure functions (frame.go, live.go,
// lines.go).
package cli
