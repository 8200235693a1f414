// Package keytest is a key server for tests. It speaks CPIX over HTTPS with
// packagers, as SPEKE version 2 has it, and is as strict about it.
package keytest
