package encoding

import "github.com/via-orchestrate/orchestrate/internal/step/encoding/passthrough"

// passThrough makes the source itself the top rendition, where it can be that.
// What was decided is told either way.
func (e *encode) passThrough(p *plan) {
	v := p.source.Video
	if v == nil || !on(e.profile.PassThrough) {
		return
	}
	if p.pad(v.End) > 0 {
		p.told = append(p.told, "The source was not passed through: its picture ends before its sound.")
		return
	}
	choice, ok, sentence := passthrough.Decide(p.inputs[v.Input], *v, p.ladder)
	p.told = append(p.told, sentence)
	if !ok {
		return
	}
	r := &p.ladder.Renditions[choice.Index]
	r.Copy = true
	p.ladder.GOP = choice.GOP
}
