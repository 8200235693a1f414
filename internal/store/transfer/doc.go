// Package transfer copies an installation from one database to another.
//
// What is read of the source is one state of it. The target has nothing before,
// and a mark in it while it is filled, table by table, in transactions of some
// rows each; at last all of it is read again and compared with what was read of
// the source, and the mark removed. A copy that was cut off is begun again from
// the start: what stands beside a mark is removed first.
//
// Which tables there are is told by package sqlstore. What a database keeps for
// itself, the search of texts and the counts of ingests, is made anew by the
// target's adapter. Which workers there are is not copied: none of them runs.
package transfer
