package draw

import "html/template"

// Bounds of a graph: beyond them nobody sees anything in a drawing.
const (
	MaxNodes = 60
	MaxEdges = 240
)

// Node is a box of a graph.
type Node struct {
	ID    string // that edges name; unique
	Title string // up to three lines of it are shown
	Sub   string // smaller, below the title; up to three lines
	Class string // for style sheets, such as "task COMPLETED"
	Href  string // where the box leads; empty: nowhere
}

// Edge is an arrow from one node to another. Several between the same two are
// drawn as one, with all their labels.
type Edge struct {
	From, To string
	Label    string // one short line
}

// Graph draws boxes and the arrows between them from left to right: a node
// stands to the right of all that lead to it. Arrows to nodes that there are
// not, and those that would close a circle, are left out. The same input always
// gives the same drawing, whose size is in CSS pixels, so that its place has to
// scroll ("graph" is the class of that place). It is empty if there is nothing
// to draw, or more than [MaxNodes] or [MaxEdges]: say so instead.
func Graph(title, desc string, nodes []Node, edges []Edge) template.HTML {
	if len(nodes) == 0 || len(nodes) > MaxNodes || len(edges) > MaxEdges {
		return ""
	}
	g := newGraph(nodes, edges)
	g.order()
	g.place()
	return g.svg(title, desc)
}
