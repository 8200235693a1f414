// Package statistics is the arithmetic of what a tenant's ingests came to over
// time: how many were accepted and how they ended, how long their tasks took,
// what failed, and how many were waiting. It is pure: it knows no store and no
// clock.
//
// Everything is counted by [Slot], a quarter of an hour in UTC. A store keeps
// one [Counts] and a few [Histogram] values for each slot and profile, so that
// a range of any length is the sum of few rows, whatever number of ingests they
// tell of, and whether or not these are still there.
//
// A queue's depth is not kept. It is derived, backwards from how many wait now:
// before a slot there were as many as after it, less those that came in and
// more those that left during it ([Columns]).
package statistics
