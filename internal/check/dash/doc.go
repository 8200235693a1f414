// Package dash reads static DASH manifests (ISO/IEC 23009-1) for checking:
// every way to address segments, with what is inherited from the levels above,
// becomes one list of segments for each representation.
package dash
