// Package sqlite keeps the store in one SQLite file: the adapter for one
// machine, for exactly one serving process at a time.
//
// # Writes
//
// One goroutine owns the one connection that writes ([Store.write]). It takes
// the writes that wait, runs each in a savepoint of one transaction, commits
// once, and only then answers. So a commit, which waits for the disk
// (synchronous=FULL), is shared by all writes that arrived during the one
// before. A write that is refused rolls back its own savepoint alone; when the
// commit itself fails, or a write panics, nothing of the batch stays and every
// caller in it is told.
//
// # Reads
//
// Reads use a small pool of connections that cannot write (reader.go). In WAL
// mode they neither block the writer nor wait for it, and see everything whose
// write has been answered. Each connection keeps its statements; see [textArg]
// for what makes SQLite compile them anew all the same. Lists of ingests are
// read from an index in list order, whatever the filter (ingest_list.go), and
// [Store.IngestVersion] tells whether one that was read is still current.
//
// # Rows
//
// A table's columns are named once, in a constant, and bound once, in a
// function that gives a codec for each field of the domain type (column.go).
// Inserting, scanning and comparing all use that binding. The state machine
// stands in CHECK constraints in migrations/.
package sqlite
