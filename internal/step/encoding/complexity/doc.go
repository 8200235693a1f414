// Package complexity probes how many bits a title needs: it encodes samples of
// two seconds, spread over the title, at every size of the ladder with x264 at a
// constant rate factor, and compares them with the source. What follows from it
// for the ladder is decided by [media.PerTitle].
//
// A probe takes at most an eighth of the title, and at most ten seconds of it, so
// that of a film it costs next to nothing. The same file always leads to the
// same figures.
package complexity
