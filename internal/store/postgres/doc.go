// Package postgres keeps the store in a Postgres database: the adapter for
// several processes on several machines. It needs Postgres 14 or newer, no
// extensions, and a role that may create tables in its schema.
//
// # Connections
//
// A store has a pool of at most pool_max_conns connections (a parameter of the
// address, 10 by default), of which a quarter is left to reads however many
// writes wait for locks; one connection more to hear of changes, if anybody
// wants to ([WithChanges]); and while it migrates, one to do so. TLS is as the
// address says (sslmode); several hosts with target_session_attrs=read-write
// follow the primary. Statements are prepared on each connection, so that a
// pooler in between must give out sessions, not transactions (PgBouncer:
// pool_mode=session).
//
// # Writes
//
// Each write is a transaction of its own (READ COMMITTED), so that it never
// waits for others that it has nothing to do with. What changes an ingest or the
// catalogue takes the advisory lock of its asset first ([sqlstore.Writer]): all
// of an asset happens one after the other, and what is read after the lock is
// current. What fails for a reason that passes is tried again, from the
// beginning, for 15 s: deadlocks, locks that are waited for too long,
// connections that are lost, a server that restarts or is replaced by its
// standby.
//
// Where the connection is lost while a transaction commits, it is found out
// whether it did (commit.go). The last statement of each write leaves a random
// token in the row that its connection has in the table commits. To ask, the
// process that the connection had at the server is ended, if it is still there,
// and the row is read. (The status of a transaction by its number would not do:
// after a crash, numbers of transactions that had not reached the disk are given
// out again.) So an error means that nothing was written, but for one that says
// otherwise: when the server did not come back for two minutes.
//
// # Reads
//
// Each read is a transaction on one state of the database (REPEATABLE READ, READ
// ONLY), and is tried again as writes are.
//
// # Changes
//
// Triggers note what a transaction changes, once for each thing, in a setting
// that lives as long as the transaction. Its last statement tells it to all who
// LISTEN, this process included: those of other processes are heard as its own
// are, in the order of their commits. When the connection to listen on was lost,
// a [store.ChangeMissed] is told once there is another one; so it is when a
// transaction changed more than 100 kB of names.
//
// Postgres commits transactions that notify one after the other, each with its
// write to the disk: all together they are as many a second as one caller alone
// has commits of. So nothing is told of what nobody is told about (heartbeats of
// workers, sessions, removals, views, audit), and BenchmarkNotify measures what
// it costs.
//
// # Counts and statistics
//
// To these, transactions add rows, and never change one that others change too;
// they are added up now and then (compact.go).
//
// # Text
//
// The table ingest_texts has the searched texts of each ingest in small letters,
// and an array of numbers that stand for their sequences of three characters,
// with a GIN index (search.go). It is made here and not by the extension pg_trgm,
// which knows the letters of one locale only, leaves out all other characters,
// and needs a role that may install it.
//
// # Migrations
//
// One server migrates, under an advisory lock, while older ones serve. So every
// migration in migrations/ but the first only expands: no table, column or
// function that an older program uses is dropped, renamed or given another
// meaning; a new column may be NULL or has a default; an index is made
// CONCURRENTLY, in a file with "-- +goose NO TRANSACTION"; a constraint is added
// NOT VALID and validated apart. What older programs do not need any more is
// removed by a later migration, which says with
//
//	UPDATE orchestrate_schema SET compatible_from = N
//
// that only programs which know migration N can serve from then on: all others
// are refused at their start, and say at [Store.Ready] that they must be
// replaced. A test holds these rules. There is no way back but a backup, and
// none is needed: the program before serves the newer schema.
package postgres
