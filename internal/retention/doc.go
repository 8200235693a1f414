// Package retention removes what nobody needs any more: files of deleted
// ingests, outputs that another ingest replaced, ingests and audit entries that
// are too old, and what attempts that died have left.
//
// The rows go first. A change that makes files superfluous enters their removal
// in the store's journal, in the same transaction, and [Remover] carries out
// what stands there, at once or after a crash. The other way round a crash would
// leave rows whose files are half gone: an ingest that cannot be played, and
// that a skip or a roll-back might rely on.
//
// [Worker] does what nobody asks for: it expires what is old, in small
// transactions with pauses in between, and goes through the folders slowly for
// attempts that the store knows nothing of, such as those of a store that was
// restored from a backup.
package retention
