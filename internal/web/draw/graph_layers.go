package draw

import (
	"cmp"
	"slices"
)

// slot is a place in a layer: a box, or the way of an arrow that passes by.
type slot struct {
	*Node         // nil for a way
	title, sub    []string
	left, right   []*slot // neighbours in the layers beside it
	x, y          float64 // upper left corner, in pixels
	height        float64
	rank, seenAt  int // layer, and the order in which it was made
	weight, there float64
}

// arrow is what is drawn for one or several edges between the same nodes.
type arrow struct {
	way    []*slot // from the first box to the last, one of each layer
	labels []string
}

type graph struct {
	layers [][]*slot
	arrows []*arrow
	gaps   []float64 // to the right of each layer
	width  float64
	height float64
}

// newGraph puts each node into a layer, and a way for each arrow into the
// layers that it crosses.
func newGraph(nodes []Node, edges []Edge) *graph {
	boxes, byID := make([]*slot, 0, len(nodes)), map[string]*slot{}
	for i, n := range nodes {
		if byID[n.ID] == nil {
			s := &slot{Node: &n, seenAt: i}
			s.wrap()
			byID[s.ID] = s
			boxes = append(boxes, s)
		}
	}
	g := &graph{}
	g.connect(byID, edges)
	rank(boxes, g.arrows)
	for _, s := range boxes {
		g.add(s)
	}
	for _, a := range g.arrows {
		g.lead(a)
	}
	return g
}

// connect makes arrows that form no circle.
func (g *graph) connect(byID map[string]*slot, edges []Edge) {
	next := map[*slot][]*slot{}
	var reaches func(from, to *slot, seen map[*slot]bool) bool
	reaches = func(from, to *slot, seen map[*slot]bool) bool {
		if from == to {
			return true
		}
		seen[from] = true
		return slices.ContainsFunc(next[from], func(s *slot) bool { return !seen[s] && reaches(s, to, seen) })
	}
	between := map[[2]*slot]*arrow{}
	for _, e := range edges {
		from, to := byID[e.From], byID[e.To]
		if from == nil || to == nil {
			continue
		}
		a := between[[2]*slot{from, to}]
		if a == nil {
			if reaches(to, from, map[*slot]bool{}) {
				continue
			}
			a = &arrow{way: []*slot{from, to}}
			between[[2]*slot{from, to}] = a
			g.arrows, next[from] = append(g.arrows, a), append(next[from], to)
		}
		if l := plain(e.Label); l != "" && !slices.Contains(a.labels, l) {
			a.labels = append(a.labels, l)
		}
	}
}

// rank gives each box the length of the longest way to it.
func rank(boxes []*slot, arrows []*arrow) {
	for range boxes { // There are no circles: no way is longer than that.
		changed := false
		for _, a := range arrows {
			if from, to := a.way[0], a.way[1]; to.rank <= from.rank {
				to.rank, changed = from.rank+1, true
			}
		}
		if !changed {
			return
		}
	}
}

func (g *graph) add(s *slot) {
	for len(g.layers) <= s.rank {
		g.layers = append(g.layers, nil)
	}
	g.layers[s.rank] = append(g.layers[s.rank], s)
}

// lead takes an arrow through all layers between its ends.
func (g *graph) lead(a *arrow) {
	from, to := a.way[0], a.way[1]
	way := []*slot{from}
	for r := from.rank + 1; r < to.rank; r++ {
		s := &slot{rank: r, height: wayHeight, seenAt: from.seenAt}
		g.add(s)
		way = append(way, s)
	}
	a.way = append(way, to)
	for i, s := range a.way[1:] {
		s.left, a.way[i].right = append(s.left, a.way[i]), append(a.way[i].right, s)
	}
}

// order sorts each layer by the mean place of its neighbours, to and fro, which
// leaves few crossings (Sugiyama, Tagawa, Toda 1981).
func (g *graph) order() {
	for _, layer := range g.layers {
		slices.SortStableFunc(layer, func(a, b *slot) int { return a.seenAt - b.seenAt })
		number(layer)
	}
	for range 6 {
		for _, layer := range g.layers {
			arrange(layer, func(s *slot) []*slot { return s.left })
		}
		for _, layer := range slices.Backward(g.layers) {
			arrange(layer, func(s *slot) []*slot { return s.right })
		}
	}
}

func number(layer []*slot) {
	for i, s := range layer {
		s.there = float64(i)
	}
}

// arrange sorts a layer; who has no neighbours on that side stays about where
// it is.
func arrange(layer []*slot, beside func(*slot) []*slot) {
	for _, s := range layer {
		s.weight = s.there
		if others := beside(s); len(others) > 0 {
			sum := 0.0
			for _, o := range others {
				sum += o.there
			}
			s.weight = sum / float64(len(others))
		}
	}
	slices.SortStableFunc(layer, func(a, b *slot) int { return cmp.Compare(a.weight, b.weight) })
	number(layer)
}
