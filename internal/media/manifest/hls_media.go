package manifest

import (
	"fmt"
	"strings"
)

// MediaPlaylist writes the media playlist of a track of p (RFC 8216, 4.3.3).
func MediaPlaylist(p Presentation, t Track) string {
	var b strings.Builder
	writeMediaHead(&b, p.targetDuration())
	fmt.Fprintf(&b, "#EXT-X-MAP:URI=%q\n", InitName)
	p.Protection.writeMediaKeys(&b)
	for i, s := range t.Segments {
		fmt.Fprintf(&b, "#EXTINF:%s,\n%s\n", t.extinf(s), SegmentName(i+1))
	}
	b.WriteString("#EXT-X-ENDLIST\n")
	return b.String()
}

// IFramePlaylist writes the I-frame playlist of a video track (RFC 8216,
// 4.3.3.6): of each segment the bytes up to the end of its first sample, which
// is a sync sample, shown for the duration of the segment.
func IFramePlaylist(p Presentation, t Track) string {
	var b strings.Builder
	writeMediaHead(&b, p.targetDuration())
	b.WriteString("#EXT-X-I-FRAMES-ONLY\n")
	fmt.Fprintf(&b, "#EXT-X-MAP:URI=%q\n", InitName)
	p.Protection.writeMediaKeys(&b)
	for i, s := range t.Segments {
		fmt.Fprintf(&b, "#EXTINF:%s,\n#EXT-X-BYTERANGE:%d@0\n%s\n", t.extinf(s), s.FirstSample, SegmentName(i+1))
	}
	b.WriteString("#EXT-X-ENDLIST\n")
	return b.String()
}

func writeMediaHead(b *strings.Builder, target int) {
	fmt.Fprintf(b, "#EXTM3U\n#EXT-X-VERSION:%d\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-PLAYLIST-TYPE:VOD\n",
		hlsVersion, target)
}

// extinf has six decimals, so that the sum over a day is off by less than a frame.
func (t Track) extinf(s Segment) string { return fmt.Sprintf("%.6f", t.seconds(s.Duration)) }
