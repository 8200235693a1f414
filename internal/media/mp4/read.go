package mp4

import "io"

// ReadInit reads back a CMAF header, and gives its track, which has no samples.
func ReadInit(r io.ReaderAt, size int64) (*Track, error) {
	m, err := ReadMovie(r, size)
	if err != nil {
		return nil, err
	}
	if !m.Fragmented || len(m.Tracks) != 1 {
		return nil, malformed("a CMAF header has one track and an mvex box")
	}
	return m.Tracks[0], nil
}
