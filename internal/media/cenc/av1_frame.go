package cenc

// Types of frames (AV1, 6.8.2).
const (
	av1Key       = 0
	av1Inter     = 1
	av1IntraOnly = 2
	av1Switch    = 3
)

const (
	av1References = 7 // REFS_PER_FRAME
	av1NoPrimary  = 7 // PRIMARY_REF_NONE
)

// av1Reference is what frame headers need of an earlier frame.
type av1Reference struct {
	valid         bool
	kind          int
	upscaledWidth int
	height        int
	orderHint     int
	features      av1Features
}

// av1Frame is a frame header while it is read (AV1, 5.9.2), and what its tiles
// need of it.
type av1Frame struct {
	sequence          *av1Sequence
	refs              [8]av1Reference
	temporal, spatial int // layers

	existing       bool // shows an earlier frame, and has no tiles
	kind           int
	shown          bool
	showable       bool
	resilient      bool
	screenContent  bool
	integerMV      bool
	sizeOverride   bool
	orderHint      int
	primary        int
	refresh        int
	refIndex       [av1References]int
	width, height  int
	upscaledWidth  int
	intraBC        bool
	highPrecision  bool
	features       av1Features
	baseQ          int
	deltas         bool // any delta of the quantizer is not 0
	lossless       bool // CodedLossless
	selectRefs     bool
	tileColumns    int
	tileRows       int
	tileBits       int
	tileSizeBytes  int
	reducedUpdates bool
}

func (f *av1Frame) intra() bool { return f.kind == av1Key || f.kind == av1IntraOnly }

func (f *av1Frame) reference() av1Reference {
	return av1Reference{
		valid: true, kind: f.kind, upscaledWidth: f.upscaledWidth, height: f.height,
		orderHint: f.orderHint, features: f.features,
	}
}

func (f *av1Frame) read(r *bitReader) error {
	if f.readKind(r); f.existing {
		return nil
	}
	s := f.sequence
	f.reducedUpdates = r.flag() // disable_cdf_update
	f.screenContent = s.screenContent == 1 || s.screenContent == selected && r.flag()
	if f.screenContent {
		f.integerMV = s.integerMV == 1 || s.integerMV == selected && r.flag()
	}
	if s.frameIDs {
		r.skip(s.idBits)
	}
	f.sizeOverride = f.kind == av1Switch || !s.reduced && r.flag()
	f.orderHint = r.u(s.orderBits)
	f.primary = av1NoPrimary
	if !f.intra() && !f.resilient {
		f.primary = r.u(3)
	}
	f.skipRemovalTimes(r)
	f.refresh = 0xff
	if f.kind != av1Switch && (f.kind != av1Key || !f.shown) {
		f.refresh = r.u(8)
	}
	if (!f.intra() || f.refresh != 0xff) && f.resilient && s.orderHint {
		for i := range f.refs {
			f.refs[i].orderHint = r.u(s.orderBits)
		}
	}
	if err := f.readSizes(r); err != nil {
		return err
	}
	if !s.reduced && !f.reducedUpdates {
		r.skip(1) // disable_frame_end_update_cdf
	}
	if f.primary != av1NoPrimary {
		f.features = f.refs[f.refIndex[f.primary]].features
	}
	f.readTiles(r)
	f.readQuantizer(r)
	f.readFilters(r)
	f.readModes(r)
	f.skipGlobalMotion(r)
	f.skipFilmGrain(r)
	return nil
}

// readKind reads the header up to error_resilient_mode.
func (f *av1Frame) readKind(r *bitReader) {
	s := f.sequence
	f.shown, f.resilient = true, true
	if s.reduced {
		return
	}
	if f.existing = r.flag(); f.existing {
		shown := f.refs[r.u(3)]
		if s.decoderModel && !s.equalInterval {
			r.skip(s.presentationBits)
		}
		if s.frameIDs {
			r.skip(s.idBits)
		}
		if f.kind = shown.kind; shown.valid && f.kind == av1Key { // 7.21: it takes all places
			f.refresh = 0xff
			f.upscaledWidth, f.height, f.orderHint, f.features = shown.upscaledWidth, shown.height, shown.orderHint, shown.features
		}
		return
	}
	f.kind = r.u(2)
	f.shown = r.flag()
	if f.shown && s.decoderModel && !s.equalInterval {
		r.skip(s.presentationBits)
	}
	if f.shown {
		f.showable = f.kind != av1Key
	} else {
		f.showable = r.flag()
	}
	f.resilient = f.kind == av1Switch || f.kind == av1Key && f.shown || r.flag()
	if f.kind == av1Key && f.shown {
		f.refs = [8]av1Reference{}
	}
}

func (f *av1Frame) skipRemovalTimes(r *bitReader) {
	if !f.sequence.decoderModel || !r.flag() {
		return
	}
	for _, p := range f.sequence.points {
		in := p.idc>>f.temporal&1 == 1 && p.idc>>(f.spatial+8)&1 == 1
		if p.model && (p.idc == 0 || in) {
			r.skip(f.sequence.removalBits)
		}
	}
}

// readSizes reads which frames are referred to, and the size of this one.
func (f *av1Frame) readSizes(r *bitReader) error {
	if f.intra() {
		f.readSize(r)
		skipRenderSize(r)
		f.intraBC = f.screenContent && f.upscaledWidth == f.width && r.flag()
		return nil
	}
	s := f.sequence
	if s.orderHint && r.flag() {
		return unsupported("AV1 with frame_refs_short_signaling")
	}
	for i := range f.refIndex {
		f.refIndex[i] = r.u(3)
		if s.frameIDs {
			r.skip(s.deltaIDBits)
		}
	}
	if f.sizeOverride && !f.resilient {
		f.readSizeOfReference(r)
	} else {
		f.readSize(r)
		skipRenderSize(r)
	}
	f.highPrecision = !f.integerMV && r.flag()
	if !r.flag() { // is_filter_switchable
		r.skip(2)
	}
	r.skip(1) // is_motion_mode_switchable
	if !f.resilient && s.refFrameMVs {
		r.skip(1)
	}
	return nil
}

// readSize reads frame_size (5.9.5).
func (f *av1Frame) readSize(r *bitReader) {
	f.width, f.height = f.sequence.width, f.sequence.height
	if f.sizeOverride {
		f.width, f.height = r.u(f.sequence.widthBits)+1, r.u(f.sequence.heightBits)+1
	}
	f.readSuperres(r)
}

// readSuperres reads superres_params (5.9.8).
func (f *av1Frame) readSuperres(r *bitReader) {
	f.upscaledWidth = f.width
	if f.sequence.superres && r.flag() {
		denominator := r.u(3) + 9
		f.width = (f.upscaledWidth*8 + denominator/2) / denominator
	}
}

// readSizeOfReference reads frame_size_with_refs (5.9.7).
func (f *av1Frame) readSizeOfReference(r *bitReader) {
	for _, index := range f.refIndex {
		if r.flag() {
			f.width, f.height = f.refs[index].upscaledWidth, f.refs[index].height
			f.readSuperres(r)
			return
		}
	}
	f.readSize(r)
	skipRenderSize(r)
}

func skipRenderSize(r *bitReader) {
	if r.flag() {
		r.skip(32)
	}
}
