// Package proctest runs the real servers that tests need as processes of their
// own: it finds their programs and free ports, waits until they answer, kills
// them as a power cut would, starts them again, and leaves none behind, not
// even when the test binary itself is killed.
package proctest
