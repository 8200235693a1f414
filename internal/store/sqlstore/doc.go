// Package sqlstore is what the stores in SQL databases have in common: which
// rows there are, what is read and written together, and what excludes what.
// An adapter embeds [Store] and provides its [Database].
//
// # What an adapter provides
//
//   - Tables and indexes of the names that statements here use, with the same
//     columns. Text is compared bytewise. Whole numbers have 64 bits, flags are 0
//     or 1, times are milliseconds since 1970, JSON documents are text.
//   - The state machine in constraints, as SQLite's migrations have it: a write
//     that breaks one is an error.
//   - ingest_counts, whose sum of n by tenant and status is how many ingests
//     there are, kept by triggers. It may have many rows of one status.
//   - The tables statistics_counts, statistics_durations and statistics_errors,
//     into which Count writes. Sums are made by reading; so there may be many rows
//     of one slot, profile and stage.
//   - Search by text, with what [SearchTextOf] gives; see [Database] and [Writer].
//   - Ready, Close, IngestVersion and the feed of changes.
//
// # Statements
//
// They are written in what SQLite and Postgres both understand, with two
// exceptions: parameters are ? or ?1, and INDEXED BY names the index that SQLite
// is to use, which others leave out. A statement is the same text each time, so
// that it can be kept prepared: the number of different ones is small.
//
// # Locks
//
// Where writes run at the same time, those that change an ingest or an asset's
// catalogue are run one after the other for each asset: they begin with a lock of
// it, and read what they decide by after that. An ingest's asset never changes,
// so that it can be looked up before. Whoever locks several assets does so in
// their order. Then come the locks of what has numbers or keys of its own: the
// tenant's audit log is the last one, as its entries are numbered.
//
// # Rows
//
// A table's columns are named once, in a constant, and bound once, in a
// function that gives a codec for each field of the domain type (column.go).
// Inserting, scanning and comparing all use that binding.
package sqlstore
