package cenc

// Mapper finds the bytes of the samples of one track that are to be encrypted.
// Samples are given in decode order: parameter sets and reference frames within
// them count for those that follow. It is for one goroutine.
type Mapper interface {
	// Map gives subsamples that fill the sample; none at all where the whole
	// sample is encrypted.
	Map(sample []byte) ([]Subsample, error)
}

// NewMapper makes the mapper for tracks of that sample entry ("avc1", "mp4a" …),
// whose configuration is the payload of avcC, hvcC or av1C.
func NewMapper(format string, configuration []byte, scheme Scheme) (Mapper, error) {
	switch format {
	case "avc1", "avc3":
		return newAVC(configuration, scheme)
	case "hvc1", "hev1":
		return newHEVC(configuration, scheme)
	case "av01":
		return newAV1(configuration, scheme)
	case "mp4a", "Opus", "ac-3", "ec-3", "fLaC":
		return whole{}, nil
	}
	return nil, unsupported("samples of format %q", format)
}

// PatternOf is the pattern that a scheme uses for tracks of video and of others
// (ISO/IEC 23001-7, 10.4.2): one of ten blocks of video, all of the rest.
func PatternOf(scheme Scheme, video bool) Pattern {
	if scheme == CBCS && video {
		return Pattern{Crypt: 1, Skip: 9}
	}
	return Pattern{}
}

// whole is the mapper of formats whose samples are encrypted from their first
// to their last byte.
type whole struct{}

// Map implements [Mapper].
func (whole) Map([]byte) ([]Subsample, error) { return nil, nil }

// layout collects subsamples.
type layout struct {
	list  []Subsample
	clear int // bytes since the last protected one
}

// skip adds clear bytes.
func (l *layout) skip(n int) { l.clear += n }

// protect adds protected bytes. Clear ones before them go into as many
// subsamples as their 16 bits ask for.
func (l *layout) protect(n int) {
	if n == 0 {
		return
	}
	l.flush()
	last := len(l.list) - 1
	if last < 0 || l.list[last].Protected > 0 {
		l.list = append(l.list, Subsample{})
		last++
	}
	l.list[last].Protected = uint32(n)
}

func (l *layout) flush() {
	for ; l.clear > 0; l.clear -= int(l.list[len(l.list)-1].Clear) {
		l.list = append(l.list, Subsample{Clear: uint16(min(l.clear, 0xffff))})
	}
}

// done gives the subsamples of the whole sample.
func (l *layout) done() []Subsample {
	l.flush()
	return l.list
}

// slice adds a slice, the header of which has that many bytes. With CENC the
// protected bytes are a multiple of the block, so that each block of the key
// stream lies in one subsample (9.5.2); those that are too many stay clear
// with the header. A slice without a whole block stays clear.
func (l *layout) slice(header, size int, scheme Scheme) {
	body := size - header
	if scheme == CENC {
		body = body / KeySize * KeySize
	}
	if body < KeySize {
		body = 0
	}
	l.skip(size - body)
	l.protect(body)
}
