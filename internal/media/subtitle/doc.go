// Package subtitle reads subtitle files and writes them as WebVTT. It is pure:
// it opens nothing and starts nothing.
//
// [Read] takes SRT, WebVTT and TTML (with EBU-TT-D and the text profile of
// IMSC), which it tells apart by what is in them, in UTF-8, UTF-16 or one of
// the old eight-bit encodings. It gives a [Track]: cues in the order of their
// times, whose text is WebVTT cue text already. What it could mend stands in
// [Track.Remarks]; what it could not is a [LineError], which says in which line
// of the file what is wrong.
//
// [Track.WriteTo] writes a track as one file, [Track.Segments] as the segments
// of an HLS playlist. [ParseWebVTT] reads those back, and checks published
// files: it takes nothing but what the specification lets authors write.
//
// Files come from anywhere. Every reader works in memory and time that grow
// with the size of the file alone, of which at most [MaxSize] is read, and puts
// out at most [MaxCues] cues with at most 4 KiB of text, at most 32 of them at
// any moment, so that a small file cannot lead to a large stream.
//
// Clauses are those of WebVTT: The Web Video Text Tracks Format (W3C Candidate
// Recommendation, 4 April 2019) and of Timed Text Markup Language 2 (W3C
// Recommendation, 8 November 2018). SRT has no specification; what common
// players take is taken.
package subtitle
