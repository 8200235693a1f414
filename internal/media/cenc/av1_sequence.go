package cenc

import "github.com/via-orchestrate/orchestrate/internal/media/bitio"

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

func readAV1Sequence(r *bitio.Reader) av1Sequence {
	var s av1Sequence
	profile := r.U(3)
	r.Skip(1)
	s.reduced = r.Flag()
	if s.reduced {
		r.Skip(5)
		s.points = []av1Point{{}}
	} else {
		s.readModel(r)
		s.readPoints(r)
	}
	s.widthBits, s.heightBits = r.U(4)+1, r.U(4)+1
	s.width, s.height = r.U(s.widthBits)+1, r.U(s.heightBits)+1
	if !s.reduced {
		if s.frameIDs = r.Flag(); s.frameIDs {
			s.deltaIDBits = r.U(4) + 2
			s.idBits = r.U(3) + 1 + s.deltaIDBits
		}
	}
	s.superblock128 = r.Flag()
	r.Skip(2) // filter intra, intra edge filter
	s.screenContent, s.integerMV = selected, selected
	if !s.reduced {
		s.readTools(r)
	}
	s.superres, s.cdef, s.restoration = r.Flag(), r.Flag(), r.Flag()
	s.readColour(r, profile)
	s.filmGrain = r.Flag()
	return s
}

// readModel reads timing and decoder model (5.5.3, 5.5.4).
func (s *av1Sequence) readModel(r *bitio.Reader) {
	if !r.Flag() {
		return
	}
	r.Skip(64)
	if s.equalInterval = r.Flag(); s.equalInterval {
		r.UE() // uvlc has the form of Exp-Golomb numbers
	}
	if s.decoderModel = r.Flag(); s.decoderModel {
		s.bufferDelayBits = r.U(5) + 1
		r.Skip(32)
		s.removalBits, s.presentationBits = r.U(5)+1, r.U(5)+1
	}
}

func (s *av1Sequence) readPoints(r *bitio.Reader) {
	s.displayDelayLimits = r.Flag()
	for range r.U(5) + 1 {
		p := av1Point{idc: r.U(12)}
		if r.U(5) > 7 {
			r.Skip(1)
		}
		if s.decoderModel {
			if p.model = r.Flag(); p.model {
				r.Skip(2*s.bufferDelayBits + 1)
			}
		}
		if s.displayDelayLimits && r.Flag() {
			r.Skip(4)
		}
		s.points = append(s.points, p)
	}
}

func (s *av1Sequence) readTools(r *bitio.Reader) {
	r.Skip(2) // interintra and masked compound
	s.warpedMotion = r.Flag()
	r.Skip(1)
	if s.orderHint = r.Flag(); s.orderHint {
		r.Skip(1)
		s.refFrameMVs = r.Flag()
	}
	if !r.Flag() {
		s.screenContent = r.Bit()
	}
	if s.screenContent > 0 && !r.Flag() {
		s.integerMV = r.Bit()
	}
	if s.orderHint {
		s.orderBits = r.U(3) + 1
	}
}

// readColour reads color_config (5.5.2).
func (s *av1Sequence) readColour(r *bitio.Reader, profile int) {
	high := r.Flag()
	twelve := profile == 2 && high && r.Flag()
	if profile != 1 {
		s.monochrome = r.Flag()
	}
	primaries, transfer, matrix := 2, 2, 2
	if r.Flag() {
		primaries, transfer, matrix = r.U(8), r.U(8), r.U(8)
	}
	const bt709, srgb, identity = 1, 13, 0
	switch {
	case s.monochrome:
		r.Skip(1)
		s.subX, s.subY = true, true
		return
	case primaries == bt709 && transfer == srgb && matrix == identity:
		// 4:4:4
	default:
		r.Skip(1)
		switch {
		case profile == 0:
			s.subX, s.subY = true, true
		case profile == 2 && twelve:
			s.subX = r.Flag()
			s.subY = s.subX && r.Flag()
		case profile == 2:
			s.subX = true
		}
		if s.subX && s.subY {
			r.Skip(2)
		}
	}
	s.separateUVDelta = r.Flag()
}
