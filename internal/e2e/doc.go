// Package e2e tests the whole program: the real binary or the whole server in
// this process, real ffmpeg, real files and real HTTP. It holds tests only.
package e2e
