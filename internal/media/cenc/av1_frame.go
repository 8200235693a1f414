package cenc

import "github.com/via-orchestrate/orchestrate/internal/media/bitio"

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

func (f *av1Frame) read(r *bitio.Reader) error {
	if f.readKind(r); f.existing {
		return nil
	}
	s := f.sequence
	f.reducedUpdates = r.Flag() // disable_cdf_update
	f.screenContent = s.screenContent == 1 || s.screenContent == selected && r.Flag()
	if f.screenContent {
		f.integerMV = s.integerMV == 1 || s.integerMV == selected && r.Flag()
	}
	if s.frameIDs {
		r.Skip(s.idBits)
	}
	f.sizeOverride = f.kind == av1Switch || !s.reduced && r.Flag()
	f.orderHint = r.U(s.orderBits)
	f.primary = av1NoPrimary
	if !f.intra() && !f.resilient {
		f.primary = r.U(3)
	}
	f.skipRemovalTimes(r)
	f.refresh = 0xff
	if f.kind != av1Switch && (f.kind != av1Key || !f.shown) {
		f.refresh = r.U(8)
	}
	if (!f.intra() || f.refresh != 0xff) && f.resilient && s.orderHint {
		for i := range f.refs {
			f.refs[i].orderHint = r.U(s.orderBits)
		}
	}
	if err := f.readSizes(r); err != nil {
		return err
	}
	if !s.reduced && !f.reducedUpdates {
		r.Skip(1) // disable_frame_end_update_cdf
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
func (f *av1Frame) readKind(r *bitio.Reader) {
	s := f.sequence
	f.shown, f.resilient = true, true
	if s.reduced {
		return
	}
	if f.existing = r.Flag(); f.existing {
		shown := f.refs[r.U(3)]
		if s.decoderModel && !s.equalInterval {
			r.Skip(s.presentationBits)
		}
		if s.frameIDs {
			r.Skip(s.idBits)
		}
		if f.kind = shown.kind; shown.valid && f.kind == av1Key { // 7.21: it takes all places
			f.refresh = 0xff
			f.upscaledWidth, f.height, f.orderHint, f.features = shown.upscaledWidth, shown.height, shown.orderHint, shown.features
		}
		return
	}
	f.kind = r.U(2)
	f.shown = r.Flag()
	if f.shown && s.decoderModel && !s.equalInterval {
		r.Skip(s.presentationBits)
	}
	if f.shown {
		f.showable = f.kind != av1Key
	} else {
		f.showable = r.Flag()
	}
	f.resilient = f.kind == av1Switch || f.kind == av1Key && f.shown || r.Flag()
	if f.kind == av1Key && f.shown {
		f.refs = [8]av1Reference{}
	}
}

func (f *av1Frame) skipRemovalTimes(r *bitio.Reader) {
	if !f.sequence.decoderModel || !r.Flag() {
		return
	}
	for _, p := range f.sequence.points {
		in := p.idc>>f.temporal&1 == 1 && p.idc>>(f.spatial+8)&1 == 1
		if p.model && (p.idc == 0 || in) {
			r.Skip(f.sequence.removalBits)
		}
	}
}

// readSizes reads which frames are referred to, and the size of this one.
func (f *av1Frame) readSizes(r *bitio.Reader) error {
	if f.intra() {
		f.readSize(r)
		skipRenderSize(r)
		f.intraBC = f.screenContent && f.upscaledWidth == f.width && r.Flag()
		return nil
	}
	s := f.sequence
	if s.orderHint && r.Flag() {
		return unsupported("AV1 with frame_refs_short_signaling")
	}
	for i := range f.refIndex {
		f.refIndex[i] = r.U(3)
		if s.frameIDs {
			r.Skip(s.deltaIDBits)
		}
	}
	if f.sizeOverride && !f.resilient {
		f.readSizeOfReference(r)
	} else {
		f.readSize(r)
		skipRenderSize(r)
	}
	f.highPrecision = !f.integerMV && r.Flag()
	if !r.Flag() { // is_filter_switchable
		r.Skip(2)
	}
	r.Skip(1) // is_motion_mode_switchable
	if !f.resilient && s.refFrameMVs {
		r.Skip(1)
	}
	return nil
}

// readSize reads frame_size (5.9.5).
func (f *av1Frame) readSize(r *bitio.Reader) {
	f.width, f.height = f.sequence.width, f.sequence.height
	if f.sizeOverride {
		f.width, f.height = r.U(f.sequence.widthBits)+1, r.U(f.sequence.heightBits)+1
	}
	f.readSuperres(r)
}

// readSuperres reads superres_params (5.9.8).
func (f *av1Frame) readSuperres(r *bitio.Reader) {
	f.upscaledWidth = f.width
	if f.sequence.superres && r.Flag() {
		denominator := r.U(3) + 9
		f.width = (f.upscaledWidth*8 + denominator/2) / denominator
	}
}

// readSizeOfReference reads frame_size_with_refs (5.9.7).
func (f *av1Frame) readSizeOfReference(r *bitio.Reader) {
	for _, index := range f.refIndex {
		if r.Flag() {
			f.width, f.height = f.refs[index].upscaledWidth, f.refs[index].height
			f.readSuperres(r)
			return
		}
	}
	f.readSize(r)
	skipRenderSize(r)
}

func skipRenderSize(r *bitio.Reader) {
	if r.Flag() {
		r.Skip(32)
	}
}
