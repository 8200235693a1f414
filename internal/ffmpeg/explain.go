package ffmpeg

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// explain replaces the message of a bad_media error by a plainer one where the
// start of the file shows what it really is. Other errors stay as they are.
func explain(path string, err error, o outcome) error {
	var bad *vod.StepError
	if !errors.As(err, &bad) || bad.Reason != vod.ReasonBadMedia {
		return err
	}
	noIndex := o.said("moov atom not found")
	if !noIndex && !o.said("Format not on whitelist", "Invalid data found when processing input") {
		return err
	}
	head, readErr := readHead(path)
	if readErr != nil {
		return err
	}
	if what := looksLike(head, noIndex); what != "" {
		return BadMedia(filepath.Base(path), what, bad.Cause)
	}
	return err
}

func readHead(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, 4<<10))
}

// looksLike tells what a refused file is by its first bytes, in words that
// complete 'The file "x" …'; "" if they do not show it. noIndex tells that the
// MP4 demuxer, which is the one that ffmpeg asks when only the name speaks for
// a format, found no moov box.
func looksLike(head []byte, noIndex bool) string {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte("#EXTM3U")):
		return "is an HLS playlist and not a video: it only refers to other files, which are not read"
	case bytes.HasPrefix(text, []byte("ffconcat")):
		return "is an ffmpeg concat script and not a video: it only refers to other files, which are not read"
	case bytes.Contains(text, []byte("<MPD")):
		return "is a DASH manifest and not a video: it only refers to other files, which are not read"
	case len(head) > 11 && string(head[4:8]) == "ftyp":
		if !noIndex {
			return ""
		}
		return "has no index (moov box), so it cannot be played or decoded: it was cut off or its recording was never finished"
	case bytes.HasPrefix(bytes.ToLower(text), []byte("<!doctype html")), bytes.HasPrefix(bytes.ToLower(text), []byte("<html")):
		return "is a web page and not a video; the address it came from probably wants a login"
	case isPicture(head):
		return "is a picture and not a video"
	case isText(head):
		return "is text and not a video"
	case !bytes.Contains(head, []byte("moov")):
		return "is not a media file of a known format, or its beginning is damaged"
	}
	return ""
}

// isPicture tells whether bytes begin as a JPEG, PNG or GIF file does.
func isPicture(b []byte) bool {
	for _, magic := range []string{"\xFF\xD8\xFF", "\x89PNG\r\n", "GIF8"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return false
}

// isText tells whether bytes are UTF-8 without control characters. A rune that
// is cut by the end does not count.
func isText(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			return len(b) < utf8.UTFMax && !utf8.FullRune(b)
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		b = b[n:]
	}
	return true
}
