// Package encoding is the step type FFMPEG: it turns the source files of a
// fileset into a ladder of renditions in H.264, HEVC and AV1, AAC and Opus files
// for each audio track, a poster and thumbnail sheets, with one decode in one
// ffmpeg process.
//
// What is done with a source is decided by package media, which is pure; this
// package probes, writes the command line (plan, graph, encoders), runs it in
// the cage of package ffmpeg, and checks what came out (measure). Its own
// profile is [Profile].
//
// The output fileset lists video_720p.mp4, video_720p_hevc.mp4 and their like
// (VIDEO, no audio in them), audio_1_eng.mp4, audio_1_eng_opus51.mp4 and their
// like (AUDIO), and poster.jpg (IMAGE). Beside them stand thumbs_001.jpg and its
// like, and encoding.json, a [media.EncodingNotes], from which packaging knows
// codecs, frame rates, keyframe distance, tracks and expected duration.
//
// The video's graph has a branch of filters for each dynamic range: that of
// standard range maps high dynamic range to BT.709 once for all its renditions,
// the other keeps it in 10 bits. Each size is scaled once for all codecs.
// Before the encode, a run over the sound alone measures its loudness, where the
// profile wants one, and the first encode on a machine tries which encoders of
// graphics processors work.
//
// Cost, measured on two cores with 20 s of 1080p30 phone video and the default
// ladder of five renditions: 26 s of wall time and 48 s of CPU time with the
// preset veryfast, the same CPU time as the plainest command that one would
// write by hand (split, four scalers, five x264). Superfast saves a quarter of
// that and doubles the bytes at the same rate factor. One thread per encoder
// takes 42 s, two take what x264's own choice takes; so that is the default.
package encoding
