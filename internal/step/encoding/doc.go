// Package encoding is the step type FFMPEG: it turns the source files of a
// fileset into a ladder of H.264 renditions, one AAC file for each audio track
// and a poster, with one decode in one ffmpeg process.
//
// What is done with a source is decided by package media, which is pure; this
// package probes, writes the command line, runs it in the cage of package
// ffmpeg, and checks what came out. Its own profile is [Profile].
//
// The output fileset lists video_720p.mp4 and its like (VIDEO, no audio in
// them), audio_1_eng.mp4 and its like (AUDIO), and poster.jpg (IMAGE). Beside
// them stands encoding.json, a [media.EncodingNotes], from which packaging
// knows frame rates, keyframe distance, tracks and expected duration.
//
// Cost, measured on two cores with 20 s of 1080p30 phone video and the default
// ladder of five renditions: 26 s of wall time and 48 s of CPU time with the
// preset veryfast, the same CPU time as the plainest command that one would
// write by hand (split, four scalers, five x264). Superfast saves a quarter of
// that and doubles the bytes at the same rate factor. One thread per encoder
// takes 42 s, two take what x264's own choice takes; so that is the default.
package encoding
