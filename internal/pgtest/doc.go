// Package pgtest gives tests a real Postgres on loopback: one for a whole test
// binary ([Main] and [Database]), or one of a test's own that it can kill and
// start again ([Start]). It needs the programs of Postgres 15 or later; where
// they are missing, tests are skipped, but fail where CI is set.
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m.Run)) }
//
//	func TestStore(t *testing.T) {
//		url := pgtest.Database(t) // postgres://…, empty and this test's own
package pgtest
