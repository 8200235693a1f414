// Package chaos tests that an installation of several processes survives what
// may happen to it: a server and three workers, kept busy with ingests of
// several tenants, while they, Postgres and Temporal are killed and connections
// are cut at random. It holds tests only.
//
// The test runs where CHAOS is set, for as long as it says (CHAOS=10m), and draws
// from CHAOS_SEED, which it prints. The order of what is done to the
// installation follows from the seed; what the installation was doing at that
// moment does not.
package chaos
