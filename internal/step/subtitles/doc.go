// Package subtitles is the step type WEBVTT: it makes one WebVTT file of each
// subtitle file (SRT, TTML, WebVTT) and of each text track that is embedded in
// a video file.
//
// Package media/subtitle reads and writes the files. This package finds out
// what language a track is in and what it is for, takes embedded tracks out of
// video files with ffmpeg, and writes what is put out: one fileset with
// subtitles_1_en.vtt and its like, and beside them subtitles.json, a
// [media.SubtitleNotes], from which packaging knows the tracks. Its own profile
// is [Profile].
//
// Inputs without any subtitles are fine: nothing is put out then.
package subtitles
