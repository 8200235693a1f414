// Package hls parses playlists (RFC 8216 and draft-pantos-hls-rfc8216bis) for
// checking: it keeps going after a fault, and tells every fault with its line.
package hls
