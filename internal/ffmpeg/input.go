package ffmpeg

import (
	"strconv"
	"strings"
)

// Input gives the arguments that open an untrusted file as the next input,
// the last two being "-i" and the file. Options of the caller's own for this
// input go before them.
func Input(path string) []string {
	return append(openOptions(MaxPixels), "-i", FileURL(path))
}

// FileURL names a local file so that ffmpeg takes it for nothing else. The
// rest of the name is not unescaped.
func FileURL(path string) string { return "file:" + path }

// openOptions are the options that keep a demuxer within its file. Either
// whitelist alone is not enough: the hls and concat demuxers read other files
// through the file protocol.
func openOptions(maxPixels int) []string {
	return []string{
		"-protocol_whitelist", "file,pipe",
		"-format_whitelist", strings.Join(formats(), ","),
		"-max_pixels", strconv.Itoa(maxPixels),
	}
}

// formats lists demuxers that read nothing but the file they are given, with
// the options that they have by default. Left out on purpose are playlists and
// manifests (hls, dash, concat, imf), image sequences, formats with companion
// files (vobsub, ism), subtitles, which are never opened with ffmpeg, and raw
// elementary video, which has no times and for which noise is easily mistaken.
func formats() []string {
	return []string{
		"mov", "matroska", "mpegts", "mpeg", "avi", "flv", "asf", "mxf", "gxf", "dv", "ogg",
		"nut", "ivf", "yuv4mpegpipe", "rm", "swf", "wtv",
		"wav", "w64", "aiff", "caf", "au", "flac", "mp3", "aac", "ac3", "eac3", "amr", "ape", "wv", "tta",
	}
}
