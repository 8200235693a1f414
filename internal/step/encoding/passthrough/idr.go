package passthrough

import (
	"errors"

	"github.com/via-orchestrate/orchestrate/internal/media/mp4"
)

// maxUnits is how many NAL units of a sample are looked at to find the first
// with a picture in it.
const maxUnits = 64

// errNoPicture is a sample without one.
var errNoPicture = errors.New("no picture in the sample")

// isIDR tells whether the first picture of a sample is an IDR picture, at which
// decoding starts anew: NAL unit type 5 of H.264 (ITU-T H.264, 7.4.1), 19 and 20
// of HEVC (ITU-T H.265, 7.4.2.2). Other keyframes may be referred across.
func (t *table) isIDR(s mp4.Sample) (bool, error) {
	config, hevc := t.track.Entry.Config, t.track.Entry.Format == "hvc1"
	at := 4
	if hevc {
		at = 21
	}
	lengthSize := int64(config[at]&3) + 1
	end := s.Offset + int64(s.Size)
	offset := s.Offset
	for range maxUnits {
		head := make([]byte, lengthSize+1)
		if offset+int64(len(head)) > end {
			return false, errNoPicture
		}
		if _, err := t.file.ReadAt(head, offset); err != nil {
			return false, err
		}
		var length int64
		for _, b := range head[:lengthSize] {
			length = length<<8 | int64(b)
		}
		kind := head[lengthSize] & 31
		if hevc {
			kind = head[lengthSize] >> 1 & 63
		}
		switch {
		case hevc && kind < 32:
			return kind == 19 || kind == 20, nil
		case !hevc && kind >= 1 && kind <= 5:
			return kind == 5, nil
		}
		offset += lengthSize + length
	}
	return false, errNoPicture
}
