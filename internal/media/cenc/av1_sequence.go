package cenc

// selected says that each frame chooses for itself (SELECT_SCREEN_CONTENT_TOOLS
// and SELECT_INTEGER_MV of AV1, 3).
const selected = 2

// av1Sequence is what of a sequence header frame headers depend on (AV1, 5.5).
type av1Sequence struct {
	reduced            bool
	decoderModel       bool
	equalInterval      bool
	removalBits        int // buffer_removal_time
	presentationBits   int // frame_presentation_time
	points             []av1Point
	widthBits          int
	heightBits         int
	width, height      int
	frameIDs           bool
	deltaIDBits        int
	idBits             int
	superblock128      bool
	warpedMotion       bool
	orderHint          bool
	orderBits          int
	refFrameMVs        bool
	screenContent      int
	integerMV          int
	superres           bool
	cdef               bool
	restoration        bool
	monochrome         bool
	subX, subY         bool
	separateUVDelta    bool
	filmGrain          bool
	bufferDelayBits    int
	displayDelayLimits bool
}

// av1Point is an operating point.
type av1Point struct {
	idc   int
	model bool
}

func readAV1Sequence(r *bitReader) av1Sequence {
	var s av1Sequence
	profile := r.u(3)
	r.skip(1)
	s.reduced = r.flag()
	if s.reduced {
		r.skip(5)
		s.points = []av1Point{{}}
	} else {
		s.readModel(r)
		s.readPoints(r)
	}
	s.widthBits, s.heightBits = r.u(4)+1, r.u(4)+1
	s.width, s.height = r.u(s.widthBits)+1, r.u(s.heightBits)+1
	if !s.reduced {
		if s.frameIDs = r.flag(); s.frameIDs {
			s.deltaIDBits = r.u(4) + 2
			s.idBits = r.u(3) + 1 + s.deltaIDBits
		}
	}
	s.superblock128 = r.flag()
	r.skip(2) // filter intra, intra edge filter
	s.screenContent, s.integerMV = selected, selected
	if !s.reduced {
		s.readTools(r)
	}
	s.superres, s.cdef, s.restoration = r.flag(), r.flag(), r.flag()
	s.readColour(r, profile)
	s.filmGrain = r.flag()
	return s
}

// readModel reads timing and decoder model (5.5.3, 5.5.4).
func (s *av1Sequence) readModel(r *bitReader) {
	if !r.flag() {
		return
	}
	r.skip(64)
	if s.equalInterval = r.flag(); s.equalInterval {
		r.ue() // uvlc has the form of Exp-Golomb numbers
	}
	if s.decoderModel = r.flag(); s.decoderModel {
		s.bufferDelayBits = r.u(5) + 1
		r.skip(32)
		s.removalBits, s.presentationBits = r.u(5)+1, r.u(5)+1
	}
}

func (s *av1Sequence) readPoints(r *bitReader) {
	s.displayDelayLimits = r.flag()
	for range r.u(5) + 1 {
		p := av1Point{idc: r.u(12)}
		if r.u(5) > 7 {
			r.skip(1)
		}
		if s.decoderModel {
			if p.model = r.flag(); p.model {
				r.skip(2*s.bufferDelayBits + 1)
			}
		}
		if s.displayDelayLimits && r.flag() {
			r.skip(4)
		}
		s.points = append(s.points, p)
	}
}

func (s *av1Sequence) readTools(r *bitReader) {
	r.skip(2) // interintra and masked compound
	s.warpedMotion = r.flag()
	r.skip(1)
	if s.orderHint = r.flag(); s.orderHint {
		r.skip(1)
		s.refFrameMVs = r.flag()
	}
	if !r.flag() {
		s.screenContent = r.bit()
	}
	if s.screenContent > 0 && !r.flag() {
		s.integerMV = r.bit()
	}
	if s.orderHint {
		s.orderBits = r.u(3) + 1
	}
}

// readColour reads color_config (5.5.2).
func (s *av1Sequence) readColour(r *bitReader, profile int) {
	high := r.flag()
	twelve := profile == 2 && high && r.flag()
	if profile != 1 {
		s.monochrome = r.flag()
	}
	primaries, transfer, matrix := 2, 2, 2
	if r.flag() {
		primaries, transfer, matrix = r.u(8), r.u(8), r.u(8)
	}
	const bt709, srgb, identity = 1, 13, 0
	switch {
	case s.monochrome:
		r.skip(1)
		s.subX, s.subY = true, true
		return
	case primaries == bt709 && transfer == srgb && matrix == identity:
		// 4:4:4
	default:
		r.skip(1)
		switch {
		case profile == 0:
			s.subX, s.subY = true, true
		case profile == 2 && twelve:
			s.subX = r.flag()
			s.subY = s.subX && r.flag()
		case profile == 2:
			s.subX = true
		}
		if s.subX && s.subY {
			r.skip(2)
		}
	}
	s.separateUVDelta = r.flag()
}
