// Package check holds HLS and DASH presentations against the rules that players
// rely on, by reading the bytes and not by trusting who wrote them.
//
// [Run] reads what the given manifests lead to and gives a [Report]: what tracks
// there are, and findings, each of a [Rule] with the clause that it comes from.
// [Rules] lists all of them.
//
// A run goes like this:
//
//	read      playlists and manifests become renditions: lists of segments with
//	          what is declared of them (read_hls.go, read_dash.go)
//	measure   header and boxes of every segment, once for each track, however
//	          many manifests name it (measure.go)
//	judge     the rules, one file for each subject (rules_*.go)
//	decode    ffmpeg decodes samples of each track and looks for black, frozen
//	          and silent content (content.go), where there are tools
//
// The packages below it know no rules: fetch reads folders and the web, hls and
// dash parse, bitstream reads parameter sets, vtt reads WebVTT.
package check
