package draw

import "strings"

// Sizes in CSS pixels.
const (
	boxWidth  = 152.0
	boxPad    = 10.0
	leastGap  = 44.0  // between layers, where labels stand
	mostGap   = 150.0 // longer labels are cut
	boxGap    = 18.0  // between boxes of a layer
	wayHeight = 16.0
	lineTall  = 17.0
	margin    = 8.0
)

// place gives all slots their corners: each as near to the middle of its
// neighbours as the others of its layer allow.
func (g *graph) place() {
	g.gaps = make([]float64, len(g.layers))
	for _, a := range g.arrows {
		gap := &g.gaps[a.way[0].rank]
		*gap = max(*gap, min(mostGap, labelRoom+textWidth(strings.Join(a.labels, ", "), labelScale)))
	}
	x := margin
	for r, layer := range g.layers {
		y := 0.0
		for _, s := range layer {
			s.x, s.y = x, y
			y += s.height + boxGap
		}
		g.gaps[r] = max(g.gaps[r], leastGap)
		x += boxWidth + g.gaps[r]
	}
	g.width = x - g.gaps[len(g.layers)-1] + margin
	for range 8 {
		for _, layer := range g.layers {
			settle(layer, func(s *slot) []*slot { return s.left })
		}
		for i := len(g.layers) - 1; i >= 0; i-- {
			settle(g.layers[i], func(s *slot) []*slot { return s.right })
		}
	}
	g.fit()
}

// fit moves the drawing to its margins and measures it.
func (g *graph) fit() {
	top, bottom := 1e9, 0.0
	for _, layer := range g.layers {
		top = min(top, layer[0].y)
	}
	for _, layer := range g.layers {
		for _, s := range layer {
			s.y += margin - top
			bottom = max(bottom, s.y+s.height)
		}
	}
	g.height = bottom + margin
}

// middle is the vertical middle of a slot.
func (s *slot) middle() float64 { return s.y + s.height/2 }

// block is a run of slots that touch, moved as one.
type block struct {
	first, count int
	sum          float64 // of the places that its slots want, counted from its first one's
}

func (b block) at() float64 { return b.sum / float64(b.count) }

// settle puts each slot of a layer as near as can be, by least squares, to the
// middle of its neighbours without changing the order: isotonic regression by
// pooling adjacent violators.
func settle(layer []*slot, beside func(*slot) []*slot) {
	var blocks []block
	offsets, offset := make([]float64, len(layer)), 0.0
	for i, s := range layer {
		offsets[i] = offset
		blocks = append(blocks, block{first: i, count: 1, sum: s.wanted(beside(s)) - offset})
		for n := len(blocks); n > 1 && blocks[n-2].at() > blocks[n-1].at(); n-- {
			blocks[n-2].count += blocks[n-1].count
			blocks[n-2].sum += blocks[n-1].sum
			blocks = blocks[:n-1]
		}
		offset += s.height + boxGap
	}
	for _, b := range blocks {
		for i := b.first; i < b.first+b.count; i++ {
			layer[i].y = b.at() + offsets[i]
		}
	}
}

// wanted is the upper edge with which a slot is in the middle of others.
func (s *slot) wanted(others []*slot) float64 {
	if len(others) == 0 {
		return s.y
	}
	sum := 0.0
	for _, o := range others {
		sum += o.middle()
	}
	return sum/float64(len(others)) - s.height/2
}
