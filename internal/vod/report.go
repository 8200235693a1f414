package vod

import (
	"encoding/json"
	"math"
)

// MaxReport bounds what is kept of a report, in bytes of its JSON text.
const MaxReport = 256 << 10

// Report is what an attempt that succeeded tells of its work: decisions that
// people will question, and measured figures. It is kept with the attempt and
// shown by the API; nothing is decided by it.
type Report struct {
	// Remarks are sentences, such as why a ladder has the renditions that it has.
	Remarks []string `json:"remarks"`
	// Renditions are those that an ENCODING put out, largest picture first;
	// none for other stages.
	Renditions []RenditionReport `json:"renditions,omitempty"`
	// Reused is the ingest whose files a RETRIEVAL found again, for which the
	// ingest is skipped; empty where there is none.
	Reused string `json:"reused,omitempty"`
	// Source is what an ENCODING started from; nil for other stages.
	Source *SourceReport `json:"source,omitempty"`
}

// Bounded is the report as it may be kept: what is beyond [MaxReport] is left
// out, remarks first, as are figures that are no numbers, which JSON cannot
// hold, and facts of a source that would take half of the room. nil stays nil.
func (r *Report) Bounded() *Report {
	if r == nil {
		return nil
	}
	kept := &Report{Remarks: []string{}, Reused: r.Reused}
	room := MaxReport - len(`{"remarks":[],"renditions":[],"reused":"","source":}`) - len(r.Reused)
	if size := encodedSize(r.Source); size <= room/2 {
		kept.Source, room = r.Source, room-size
	}
	for _, rendition := range r.Renditions {
		if q := rendition.Quality; q != nil && (!finite(q.SSIM) || !finite(q.Worst)) {
			rendition.Quality = nil
		}
		if room -= encodedSize(rendition) + 1; room < 0 {
			return kept
		}
		kept.Renditions = append(kept.Renditions, rendition)
	}
	for _, remark := range r.Remarks {
		if room -= encodedSize(remark) + 1; room < 0 {
			break
		}
		kept.Remarks = append(kept.Remarks, remark)
	}
	return kept
}

// encodedSize is the size of a value as JSON; what cannot be written at all has
// no room.
func encodedSize(v any) int {
	text, err := json.Marshal(v)
	if err != nil {
		return MaxReport
	}
	return len(text)
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// RenditionReport is what is known of a rendition.
type RenditionReport struct {
	Name       string `json:"name"`  // such as "720p" or "720p_hevc"
	Codec      string `json:"codec"` // H264, HEVC or AV1
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	VideoRange string `json:"videoRange"` // SDR, PQ or HLG
	Encoder    string `json:"encoder"`    // such as "libx264"; "copy" when it was passed through
	Bitrate    int64  `json:"bitrate"`    // bit/s, average as measured
	MaxBitrate int64  `json:"maxBitrate"` // bit/s, the cap that the encoder was given
	// Quality is measured against the source; nil where it was not.
	Quality *Quality `json:"quality"`
}

// Quality is how near a rendition is to its source, over sampled frames, both
// at the size of the source as it is shown (at most 1080 lines).
type Quality struct {
	SSIM   float64 `json:"ssim"`   // mean structural similarity of luma, 0..1
	Worst  float64 `json:"worst"`  // lowest SSIM of a sampled frame, 0..1
	Frames int     `json:"frames"` // compared
}
