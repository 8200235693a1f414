// Package bitstream reads parameter sets of H.264, HEVC and AV1 as far as
// manifests repeat what stands in them: codec, size, colour.
package bitstream
