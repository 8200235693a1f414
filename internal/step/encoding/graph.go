package encoding

import (
	"fmt"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/media"
)

// branch is the part of the video's graph whose frames have the same colours.
type branch struct {
	name       string   // "" or a letter: labels of two branches must differ
	wide       bool     // high dynamic range is kept
	renditions []int    // numbers in the ladder, largest first
	depth      int      // of the frames, in bits
	first      []string // filters that lead to the largest size
	stills     bool     // poster and thumbnails are made from this one
}

// videoFilters decode once and scale down step by step: each rendition is made
// from the next larger one, which costs a fraction of scaling each from the
// source. Renditions that keep high dynamic range have a branch of their own.
func (p plan) videoFilters(v media.VideoSource) []string {
	start := fmt.Sprintf("[%d:%d]%s", v.Input, v.Stream, strings.Join(p.timing(v), ","))
	branches := p.branches(v)
	var chains []string
	if len(branches) > 1 {
		var labels []string
		for _, b := range branches {
			labels = append(labels, "[s"+b.name+"]")
		}
		chains = append(chains, split(start, labels))
	}
	for _, b := range branches {
		if len(branches) > 1 {
			start = "[s" + b.name + "]"
		}
		chains = append(chains, p.scaleDown(start, b)...)
		if b.stills {
			chains = append(chains, p.stillFilters(v, b)...)
		}
	}
	return chains
}

// branches of the graph, at least one. Stills are made in that of standard
// dynamic range where its pictures are large enough, and else of the frames as
// they are decoded: both take the few that they need before they work on them.
func (p plan) branches(v media.VideoSource) []branch {
	standard, wide := branch{depth: 8}, branch{name: "w", wide: true, depth: 10}
	for i, r := range p.ladder.Renditions {
		switch {
		case r.Copy:
		case r.VideoRange != media.RangeSDR:
			wide.renditions = append(wide.renditions, i)
		default:
			standard.renditions = append(standard.renditions, i)
			standard.depth = max(standard.depth, r.BitDepth)
		}
	}
	var all []branch
	if len(standard.renditions) > 0 {
		size := p.ladder.Renditions[standard.renditions[0]].Size
		standard.first = p.colours(v, standard, size)
		standard.stills = size.Area() >= p.ladder.Poster.Area()
		all = append(all, standard)
	}
	if len(wide.renditions) > 0 {
		wide.first = p.colours(v, wide, p.ladder.Renditions[wide.renditions[0]].Size)
		all = append(all, wide)
	}
	if !standard.stills {
		all = append(all, branch{name: "r", stills: true})
	}
	return all
}

// colours are the filters that bring the source to a size, in the colours and the
// depth of a branch.
func (p plan) colours(v media.VideoSource, b branch, size media.Size) []string {
	if b.wide {
		return scaled(p.wide, size, pixelFormat(b.depth))
	}
	return p.picture(v, size, pixelFormat(b.depth))
}

func pixelFormat(depth int) string {
	if depth == 10 {
		return "yuv420p10le"
	}
	return "yuv420p"
}

// scaleDown makes the frames of every rendition of a branch.
func (p plan) scaleDown(start string, b branch) []string {
	stills := []string{}
	if b.stills {
		stills = append(stills, "[p]")
		if p.thumbs != nil {
			stills = append(stills, "[t]")
		}
	}
	if len(b.renditions) == 0 {
		return []string{split(start, stills)}
	}
	var chains []string
	start = link(start, b.first)
	groups := p.bySize(b.renditions)
	for i, group := range groups {
		var outs, ends []string
		for _, n := range group {
			out := fmt.Sprintf("[v%d]", n)
			if last := p.lastFilters(p.ladder.Renditions[n], b.depth); last != "" {
				ends = append(ends, fmt.Sprintf("[e%d]%s%s", n, last, out))
				out = fmt.Sprintf("[e%d]", n)
			}
			outs = append(outs, out)
		}
		down := fmt.Sprintf("[d%s%d]", b.name, i)
		if i < len(groups)-1 {
			outs = append(outs, down)
		}
		if i == 0 {
			outs = append(outs, stills...)
		}
		chains = append(append(chains, split(start, outs)), ends...)
		if i < len(groups)-1 {
			next := p.ladder.Renditions[groups[i+1][0]]
			start = fmt.Sprintf("%sscale=%d:%d:flags=bicubic,setsar=1", down, next.Width, next.Height)
		}
	}
	return chains
}

// bySize groups renditions, which are sorted by size, by it.
func (p plan) bySize(renditions []int) [][]int {
	var groups [][]int
	for _, i := range renditions {
		n := len(groups)
		if n > 0 && p.ladder.Renditions[groups[n-1][0]].Size == p.ladder.Renditions[i].Size {
			groups[n-1] = append(groups[n-1], i)
			continue
		}
		groups = append(groups, []int{i})
	}
	return groups
}

// lastFilters are those that a rendition alone needs; "" for none.
func (p plan) lastFilters(r media.Rendition, depth int) string {
	if onDevice(r.Encoder) {
		if r.BitDepth == 10 {
			return "format=p010,hwupload"
		}
		return "format=nv12,hwupload"
	}
	if r.BitDepth < depth {
		return "format=" + pixelFormat(r.BitDepth)
	}
	return ""
}

// link appends filters to a chain, which may be a label alone.
func link(start string, filters []string) string {
	if len(filters) == 0 {
		return start
	}
	if !strings.HasSuffix(start, "]") {
		start += ","
	}
	return start + strings.Join(filters, ",")
}

// split ends a chain in its outputs.
func split(start string, outs []string) string {
	switch {
	case len(outs) > 1:
		start = link(start, []string{fmt.Sprintf("split=%d", len(outs))})
	case strings.HasSuffix(start, "]"):
		start += "null"
	}
	return start + strings.Join(outs, "")
}
