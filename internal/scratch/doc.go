// Package scratch is the disk space that running tasks use for a while.
//
// The processes of a machine share one folder, in which each has a folder of
// its own beside a lock file that it holds as long as it lives:
//
//	<scratch>/lock                      held while a folder is made or cleared
//	<scratch>/process-<id>/             of one process: a folder for each attempt
//	<scratch>/process-<id>.lock         held by that process
//
// [Open] clears what processes left that are dead, and touches nothing else in
// the folder. The folder is on a disk of the machine: whether a lock is held
// says nothing about processes of other machines.
//
// Space is given out by [Space.Reserve] before it is used: tasks that run never
// have more reserved than there is.
package scratch
