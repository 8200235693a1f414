// Package packaging is the step type CMAF: it cuts the files of ENCODING into
// CMAF segments by stream copy, and writes an HLS multivariant playlist and a
// DASH manifest over that one set of segments.
//
// One attempt goes like this:
//
//	open    every input file, its tracks and sample tables (package mp4)
//	cut     choose segment boundaries: keyframes common to all renditions, and
//	        the nearest audio frames (cut.go, pure)
//	write   headers, segments, playlists and manifest into a new folder
//	verify  have package check read all of that back by the clauses of the
//	        specifications and decode samples of every track, and only then
//	        commit the folder (verify.go)
//
// The segments are cut here and not by ffmpeg's DASH muxer because that one
// (5.1) chooses audio boundaries by nominal duration, writes headers without
// CMAF brands, and leaves edit lists to which players differ. What the
// boundaries are is known before the first byte is written.
//
// Input may also be plain MP4 files without the notes of ENCODING, with any
// number of tracks each, as long as keyframes are where segments should begin.
package packaging
