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
// write has been answered. Each connection keeps its statements; see [sqlstore.TextArg]
// for what makes SQLite compile them anew all the same. Lists of ingests are
// read from an index in list order, whatever the filter ([sqlstore.Store]), and
// [Store.IngestVersion] tells whether one that was read is still current.
//
// # Text
//
// The table search (FTS5) knows for each sequence of three characters, in
// whatever case, which ingests have it and where; it keeps no text. An ingest's
// search_id is made of the start time and a number among those that start in the
// same millisecond; the rowid is its negative, as FTS5 reads forwards several
// times as fast. So text is read in list order, from a position on, and a page
// costs what its limit costs however many ingests have it.
//
// What lists are filtered by beside a text stands there as marks: sequences of
// three characters that stand for a tenant, a tenant's status, a profile or an
// asset. So no rows of other tenants are looked at, and a rare status among what
// nearly all ingests have in common is found at once. All filters are checked on
// the row anyway. An entry is written when an ingest is accepted and when it is
// over, in the transaction that does it (search.go); lists and counts read it
// (search_list.go, search_count.go).
//
// # Statements
//
// What is read and written stands in package sqlstore, which is given the
// transactions that are described above. The state machine stands in CHECK
// constraints in migrations/.
package sqlite
