// Package mp4 reads the boxes of MP4 files (ISO/IEC 14496-12) and writes CMAF
// tracks (ISO/IEC 23000-19) from them without touching a coded frame.
//
// [ReadMovie] gives the tracks of a progressive file with every sample's
// place, size and presentation time. [InitSegment] and [WriteSegment] put
// chosen samples into a CMAF header and CMAF segments; [ReadInit] and
// [ReadMedia] read those back, so that what was written can be verified without
// trusting the writer.
//
// Edit lists are resolved while reading: [Sample.PTS] counts from the start of
// the presentation, and is negative for what the edit list hides, such as the
// priming of an AAC encoder. Composition offsets and decode times are computed
// anew while writing, from the presentation times alone ([TimingOf]).
//
// All reading is bounded: a hostile file gives an error that wraps
// [ErrMalformed], never a panic nor memory beyond a small multiple of what the
// file holds.
package mp4
