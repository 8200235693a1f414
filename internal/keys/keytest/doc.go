// Package keytest is a key server for tests. It speaks both sides of the real
// thing: CPIX over HTTPS with packagers, as SPEKE version 2 has it, and with
// players the bare key of HLS (RFC 8216, 5) and licenses of the W3C's clear key
// system (Encrypted Media Extensions, 9.1).
package keytest
