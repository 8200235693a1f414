// Package manifest writes the HLS playlists (RFC 8216) and the DASH manifest
// (ISO/IEC 23009-1) of one presentation in CMAF, from what was measured in its
// segments. It is pure: a [Presentation] goes in, texts come out.
//
// Both manifests name the same files. Every track has a folder of its own:
//
//	index.m3u8                   HLS multivariant playlist
//	manifest.mpd                 DASH manifest
//	video_720p/init.mp4          CMAF header
//	video_720p/seg_00001.m4s     CMAF segments, numbered from 1
//	video_720p/playlist.m3u8     HLS media playlist
//	video_720p/iframes.m3u8      HLS I-frame playlist, video only
//
// All addresses are relative, so that the folder can be copied anywhere.
package manifest
