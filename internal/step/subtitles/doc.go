// Package subtitles is the step type WEBVTT: it makes one WebVTT file of each
// subtitle file (SRT, TTML, WebVTT) and of each text track that is embedded in
// a video file.
package subtitles
