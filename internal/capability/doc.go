// Package capability finds out what a machine can do that not every machine can,
// by trying it: which codecs it encodes, whether its graphics processor does, and
// whether it has the memory for large pictures.
package capability
