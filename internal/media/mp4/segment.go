package mp4

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
)

// Segment is a run of samples that becomes one CMAF segment with one fragment.
type Segment struct {
	Number  uint32   // from 1
	Samples []Sample // in decode order; never empty
	// End is where the next segment begins, or the track ends: a presentation
	// time above that of all samples.
	End int64
}

// Start is the earliest presentation time.
func (s Segment) Start() int64 {
	start := s.Samples[0].PTS
	for _, sample := range s.Samples {
		start = min(start, sample.PTS)
	}
	return start
}

// Timing is how the presentation times of a track become media times.
//
// Composition offsets could be signed and need no delay (brand cmf2), but
// ffmpeg up to 7 takes the times of such fragments for later than they are, so
// that picture and sound part by some frames. The form with an edit list is
// what ffmpeg's own muxers write, and known to every player.
type Timing struct {
	// Lead is how far media begin before the presentation, such as the priming
	// of an AAC encoder. It is added to decode times.
	Lead int64
	// Delay makes composition offsets positive where frames are shown in
	// another order than they are decoded.
	Delay int64
}

// mediaTime is the media time of the start of the presentation, as it stands
// in the edit list.
func (t Timing) mediaTime() int64 { return t.Lead + t.Delay }

// TimingOf gives the timing that a track cut into these segments needs.
func TimingOf(segments []Segment) Timing {
	var out Timing
	for _, s := range segments {
		out.Lead = max(out.Lead, -s.Start())
		for i, at := range decodeTimes(s)[:len(s.Samples)] {
			out.Delay = max(out.Delay, at-s.Samples[i].PTS)
		}
	}
	return out
}

// Sizes tells where things lie in a segment that was written.
type Sizes struct {
	Total int64
	// FirstSample is the number of bytes up to the end of the first sample:
	// the byte range of an I-frame playlist (RFC 8216, 4.3.3.6).
	FirstSample int64
}

// WriteSegment writes the segment as styp, moof and mdat, its samples copied
// from source, or encrypted on the way where there is an encryptor.
func WriteSegment(w io.Writer, source io.ReaderAt, t *Track, s Segment, timing Timing, e *Encryptor) (Sizes, error) {
	plan, err := e.plan(source, s)
	if err != nil {
		return Sizes{}, err
	}
	head, err := segmentHead(t, s, timing, e, plan)
	if err != nil {
		return Sizes{}, err
	}
	sizes := Sizes{Total: int64(len(head)), FirstSample: int64(len(head)) + int64(s.Samples[0].Size)}
	if _, err := w.Write(head); err != nil {
		return Sizes{}, fmt.Errorf("write segment %d: %w", s.Number, err)
	}
	write := copySamples
	if e != nil {
		write = func(w io.Writer, source io.ReaderAt, s Segment) (int64, error) {
			return e.writeSamples(w, source, s, plan)
		}
	}
	n, err := write(w, source, s)
	if err != nil {
		return Sizes{}, fmt.Errorf("write samples of segment %d: %w", s.Number, err)
	}
	sizes.Total += n
	return sizes, nil
}

func copySamples(w io.Writer, source io.ReaderAt, s Segment) (copied int64, err error) {
	for i := 0; i < len(s.Samples); {
		// Samples that lie side by side are copied at once.
		start, end := s.Samples[i].Offset, s.Samples[i].Offset
		for ; i < len(s.Samples) && s.Samples[i].Offset == end; i++ {
			end += int64(s.Samples[i].Size)
		}
		n, err := io.Copy(w, io.NewSectionReader(source, start, end-start))
		copied += n
		if err == nil && n < end-start {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return copied, err
		}
	}
	return copied, nil
}

// segmentHead makes everything before the samples.
func segmentHead(t *Track, s Segment, timing Timing, e *Encryptor, plan []encryptedSample) ([]byte, error) {
	times := decodeTimes(s)
	var payload int64
	for _, sample := range s.Samples {
		payload += int64(sample.Size)
	}
	if payload > math.MaxUint32-8 {
		return nil, malformed("segment %d would hold %d bytes", s.Number, payload)
	}
	start := times[0] + timing.Lead
	if start < 0 {
		return nil, fmt.Errorf("segment %d starts %d units before the media", s.Number, -start)
	}
	b := &builder{}
	b.box("styp", func() {
		b.text(brandFrag)
		b.u32(0)
		b.text(brandBase + brandFrag + brandDASH)
	})
	moof := len(b.data)
	offsetAt := 0
	b.box("moof", func() {
		b.full("mfhd", 0, 0, func() { b.u32(s.Number) })
		b.box("traf", func() {
			b.full("tfhd", 0, 0x020000, func() { b.u32(1) }) // default-base-is-moof
			b.full("tfdt", 1, 0, func() { b.u64(uint64(start)) })
			offsetAt = writeRun(b, t, s, times, timing.Delay)
			e.writeAuxiliary(b, moof, plan)
		})
	})
	binary.BigEndian.PutUint32(b.data[offsetAt:], uint32(len(b.data)-moof+8))
	b.u32(uint32(payload + 8))
	b.text("mdat")
	return b.data, nil
}

// decodeTimes gives the decode time of each sample and the end, before the
// lead: the sorted presentation times. They serve as decode times because a
// segment starts with a sync sample and refers to nothing beyond itself, and
// make it begin and end at the same times in decoding as in presentation,
// whatever the frame rate does.
func decodeTimes(s Segment) []int64 {
	times := make([]int64, 0, len(s.Samples)+1)
	for _, sample := range s.Samples {
		times = append(times, sample.PTS)
	}
	times = append(times, s.End)
	slices.Sort(times)
	return times
}

// Flags of trun and of samples (ISO/IEC 14496-12, 8.8.8 and 8.8.3.1).
const (
	runDataOffset  = 0x000001
	runDuration    = 0x000100
	runSize        = 0x000200
	runFlags       = 0x000400
	runComposition = 0x000800

	flagsSync    = 0x02000000 // depends on no other sample
	flagsNonSync = 0x01010000 // depends on others, is no sync sample
)

// writeRun writes trun and gives the place of its data offset.
func writeRun(b *builder, t *Track, s Segment, times []int64, delay int64) int {
	video := t.Handler == HandlerVideo
	flags := uint32(runDataOffset | runDuration | runSize | runFlags)
	if video {
		flags |= runComposition
	}
	offsetAt := 0
	b.full("trun", 1, flags, func() {
		b.u32(uint32(len(s.Samples)))
		offsetAt = len(b.data)
		b.u32(0)
		for i, sample := range s.Samples {
			sampleFlags := uint32(flagsNonSync)
			if sample.Sync {
				sampleFlags = flagsSync
			}
			b.numbers(uint32(times[i+1]-times[i]), sample.Size, sampleFlags)
			if video {
				b.u32(uint32(sample.PTS + delay - times[i]))
			}
		}
	})
	return offsetAt
}
