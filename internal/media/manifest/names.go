package manifest

import "fmt"

// Names of files.
const (
	MultivariantName = "index.m3u8"
	MPDName          = "manifest.mpd"
	PackageName      = "package.json"
	InitName         = "init.mp4"
	PlaylistName     = "playlist.m3u8"
	IFramesName      = "iframes.m3u8"
	SubtitlesName    = "subtitles.vtt" // the whole text of a text track

	ThumbnailsFolder = "thumbnails"
	ThumbnailsName   = "thumbnails.vtt" // in that folder
)

// SegmentName is the name of a segment in its track's folder; numbers start at 1.
func SegmentName(number int) string { return fmt.Sprintf("seg_%05d.m4s", number) }

// TextSegmentName is the same for text tracks.
func TextSegmentName(number int) string { return fmt.Sprintf("seg_%05d.vtt", number) }

// SheetName is the name of a thumbnail sheet; numbers start at 1.
func SheetName(number int) string { return fmt.Sprintf("thumbs_%03d.jpg", number) }
