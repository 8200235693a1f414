package encoding

import (
	"fmt"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// remarks tell what was done to the source beyond the usual.
func (p plan) remarks() []string {
	remarks := append([]string{}, p.told...)
	v := p.source.Video
	if v == nil {
		return remarks
	}
	remarks = append(remarks, p.rangeRemarks(*v)...)
	if v.Interlaced() {
		remarks = append(remarks, "Interlaced pictures were deinterlaced.")
	}
	if v.Variable {
		remarks = append(remarks, fmt.Sprintf("The variable frame rate was made constant at %s frames per second.", p.ladder.Rate))
	}
	if missing := p.pad(v.End); missing > 0 {
		remarks = append(remarks, fmt.Sprintf("The sound is longer than the picture: the last frame stays for %.2f s.", missing.Seconds()))
	}
	for _, r := range p.profile.rungs() {
		remark := fmt.Sprintf("The picture is too small for %s, which was left out.", r.Codec)
		of := func(made media.Rendition) bool { return made.Codec == r.Codec }
		if !slices.ContainsFunc(p.ladder.Renditions, of) && !slices.Contains(remarks, remark) {
			remarks = append(remarks, remark)
		}
	}
	return remarks
}

// rangeRemarks tell where high dynamic range stayed, and where not.
func (p plan) rangeRemarks(v media.VideoSource) []string {
	if !v.HDR() {
		return nil
	}
	var kept, mapped []string
	for _, r := range p.ladder.Renditions {
		codecs := &mapped
		if r.VideoRange != media.RangeSDR {
			codecs = &kept
		}
		if !slices.Contains(*codecs, r.Codec) {
			*codecs = append(*codecs, r.Codec)
		}
	}
	var remarks []string
	if len(kept) > 0 {
		remarks = append(remarks, fmt.Sprintf("High dynamic range (%s) was kept in %s.", v.VideoRange(), strings.Join(kept, " and ")))
	}
	switch {
	case len(mapped) == 0:
	case p.colour.Tonemap:
		remarks = append(remarks, fmt.Sprintf("High dynamic range was tone-mapped to BT.709 in %s.", strings.Join(mapped, ", ")))
	default:
		remarks = append(remarks, "High dynamic range was converted to BT.709 without tone mapping, as this ffmpeg lacks zscale or tonemap; colours look pale.")
	}
	return remarks
}
