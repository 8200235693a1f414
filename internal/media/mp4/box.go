package mp4

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrMalformed is wrapped by every error about what a file holds, as opposed
// to errors of reading it.
var ErrMalformed = errors.New("malformed MP4")

// Limits against hostile files. A day of 60 frames per second has 5.2 million
// samples, that of AAC at 48 kHz 4 million; they need about 100 MB of tables.
const (
	maxTopLevel = 1 << 20   // boxes at the top level of a file
	maxBoxes    = 1 << 14   // boxes within another one
	maxMovie    = 256 << 20 // bytes of moov
	maxFragment = 16 << 20  // bytes of moof
	// maxSamples is for all tracks of a movie together: a table of a few bytes
	// can tell of millions, each of which takes 40 bytes in memory.
	maxSamples = 16 << 20
)

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}

// box is a box in memory; data is its payload, after the header.
type box struct {
	kind string
	data []byte
}

// boxes splits data into the boxes that fill it (ISO/IEC 14496-12, 4.2).
func boxes(data []byte) ([]box, error) {
	var out []box
	for len(data) > 0 {
		if len(out) == maxBoxes {
			return nil, malformed("more than %d boxes within one", maxBoxes)
		}
		if len(data) < 8 {
			return nil, malformed("%d bytes are left over after the last box", len(data))
		}
		size, head := uint64(binary.BigEndian.Uint32(data)), uint64(8)
		kind := string(data[4:8])
		switch size {
		case 0: // to the end of the enclosing box
			size = uint64(len(data))
		case 1:
			if len(data) < 16 {
				return nil, malformed("box %q is cut off", kind)
			}
			size, head = binary.BigEndian.Uint64(data[8:]), 16
		}
		if size < head || size > uint64(len(data)) {
			return nil, malformed("box %q claims %d bytes where %d are left", kind, size, len(data))
		}
		out = append(out, box{kind, data[head:size]})
		data = data[size:]
	}
	return out, nil
}

// find gives the payload of the first box down the path, such as
// find(moov, "trak", "mdia"), and whether there is one.
func find(data []byte, path ...string) ([]byte, bool) {
	for _, kind := range path {
		list, err := boxes(data)
		if err != nil {
			return nil, false
		}
		found := false
		for _, b := range list {
			if b.kind == kind {
				data, found = b.data, true
				break
			}
		}
		if !found {
			return nil, false
		}
	}
	return data, true
}

// topBox is a box at the top level of a file.
type topBox struct {
	kind   string
	offset int64 // of the payload
	size   int64 // of the payload
	head   int64 // bytes before the payload
}

// topBoxes lists the boxes at the top level of a file of that size, reading
// their headers only.
func topBoxes(r io.ReaderAt, fileSize int64) ([]topBox, error) {
	return listBoxes(r, fileSize, false)
}

// listBoxes does the same, and where the file is cut off on purpose leaves out
// a header that is not whole, and shortens the last box to what is there.
func listBoxes(r io.ReaderAt, fileSize int64, cut bool) ([]topBox, error) {
	var out []topBox
	var head [16]byte
	for at := int64(0); at < fileSize; {
		if len(out) == maxTopLevel {
			return nil, malformed("more than %d boxes at the top level", maxTopLevel)
		}
		if fileSize-at < 8 {
			if cut {
				return out, nil
			}
			return nil, malformed("%d bytes are left over after the last box", fileSize-at)
		}
		n := min(int64(len(head)), fileSize-at)
		if _, err := r.ReadAt(head[:n], at); err != nil {
			return nil, fmt.Errorf("read box header at %d: %w", at, err)
		}
		size, headLen := uint64(binary.BigEndian.Uint32(head[:])), int64(8)
		kind := string(head[4:8])
		switch size {
		case 0:
			size = uint64(fileSize - at)
		case 1:
			if n < 16 {
				return nil, malformed("box %q is cut off", kind)
			}
			size, headLen = binary.BigEndian.Uint64(head[8:]), 16
		}
		if cut && size > uint64(fileSize-at) && kind == "mdat" {
			size = uint64(fileSize - at)
		}
		if size < uint64(headLen) || size > uint64(fileSize-at) {
			return nil, malformed("box %q at %d claims %d bytes where %d are left", kind, at, size, fileSize-at)
		}
		out = append(out, topBox{kind, at + headLen, int64(size) - headLen, headLen})
		at += int64(size)
	}
	return out, nil
}

// read gives the payload, refusing one above the limit.
func (b topBox) read(r io.ReaderAt, limit int64) ([]byte, error) {
	if b.size > limit {
		return nil, malformed("box %q has %d bytes; at most %d are read", b.kind, b.size, limit)
	}
	data := make([]byte, b.size)
	if _, err := r.ReadAt(data, b.offset); err != nil && b.size > 0 {
		return nil, fmt.Errorf("read box %q: %w", b.kind, err)
	}
	return data, nil
}
