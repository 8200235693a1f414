// Package clustertest runs an installation of several processes for tests: the
// real binary as a server and as workers that share no disk, on a real
// Postgres, a real Temporal and a real S3 server. Any of them can be killed and
// started again.
package clustertest
