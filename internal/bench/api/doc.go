// Command api measures the Status API; "make bench-api" runs it.
//
// It fills databases of 10,000 and of N ingests ([fill]), runs the real server
// on each, in processes of their own, and asks them over TCP from this one,
// which does as little as a client can ([load]). By turns with the servers it
// asks a plain net/http handler that serves the same bytes from memory, also in a
// process of its own ([limit]): that is the limit that a server in Go could
// reach on the machine at that moment. What is compared is the ratio of the
// two; it varies far less than either on a machine that others use too.
//
// The report goes to standard output, and says of each aim whether it is met.
// It never fails on time.
package main
