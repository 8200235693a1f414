package draw

import (
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func pipeline() ([]Node, []Edge) {
	nodes := []Node{
		{ID: "in", Title: "initialInput", Sub: "2 files", Class: "files"},
		{ID: "r", Title: "RETRIEVAL", Sub: "TASK_COMPLETED", Class: "TASK_COMPLETED", Href: "#task-1"},
		{ID: "e", Title: "ENCODING <b>&\"", Sub: strings.Repeat("long", 40), Href: "javascript:alert(1)"},
		{ID: "s", Title: "SUBTITLES", Sub: "عنوان طويل جدا"},
		{ID: "p", Title: "PACKAGING"},
		{ID: "d", Title: "DISTRIBUTION"},
	}
	edges := []Edge{
		{"in", "r", "initialInput"},
		{"r", "e", "mezzanine"},
		{"r", "s", "mezzanine"},
		{"e", "p", "encoded"},
		{"s", "p", "text"},
		{"r", "p", "a"},
		{"r", "p", "b"},
		{"p", "d", "packaged-and-more-of-it-than-there-is-room"},
		{"d", "r", "circle"},
		{"d", "nowhere", ""},
		{"p", "p", "itself"},
	}
	return nodes, edges
}

func TestGraphIsAsItWas(t *testing.T) {
	t.Parallel()
	nodes, edges := pipeline()
	got := strings.ReplaceAll(string(Graph(`Flow of "a"`, "From <in> to out.", nodes, edges)), "><", ">\n<") + "\n"
	name := filepath.Join("testdata", "graph.svg")
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s", got)
	}
}

func TestGraphOfTooMuch(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, MaxNodes + 1} {
		if got := Graph("", "", make([]Node, n), nil); got != "" {
			t.Errorf("%d nodes: %s", n, got)
		}
	}
	if got := Graph("", "", make([]Node, 1), make([]Edge, MaxEdges+1)); got != "" {
		t.Errorf("too many edges: %s", got)
	}
}

// TestLinksAreNotHidden: what stands within an image is not told of by screen
// readers, and an address of another place is no link.
func TestLinksAreNotHidden(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ href, want string }{
		{"", `role="img"`},
		{"#task-1", `<a href="#task-1">`},
		{"/ui/acme/x?a=1&b", `<a href="/ui/acme/x?a=1&amp;b">`},
		{"javascript:alert(1)", `<a href="#">`},
		{"//evil.example/", `<a href="#">`},
		{`/\evil.example/`, `<a href="#">`},
	} {
		got := string(Graph("g", "d", []Node{{ID: "1", Href: tc.href}}, nil))
		if !strings.Contains(got, tc.want) || (tc.href == "") != strings.Contains(got, `role="img"`) {
			t.Errorf("%q: %s", tc.href, got)
		}
	}
}

func someGraph(t *rapid.T) ([]Node, []Edge) {
	n := rapid.IntRange(1, MaxNodes).Draw(t, "nodes")
	text := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.RuneFrom([]rune("aW-漢 ")), 0, 200, -1))
	nodes := make([]Node, n)
	for i := range nodes {
		nodes[i] = Node{ID: fmt.Sprint(i), Title: text.Draw(t, "title"), Sub: text.Draw(t, "sub")}
	}
	id := rapid.Map(rapid.IntRange(0, n), func(i int) string { return fmt.Sprint(i) })
	edges := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Edge {
		return Edge{From: id.Draw(t, "from"), To: id.Draw(t, "to"), Label: text.Draw(t, "label")}
	}), 0, 40).Draw(t, "edges")
	return nodes, edges
}

// TestBoxesDoNotOverlap, neither each other nor the ways of arrows, and stand
// within the drawing; every arrow goes to the right.
func TestBoxesDoNotOverlap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		nodes, edges := someGraph(t)
		g := newGraph(nodes, edges)
		g.order()
		g.place()
		boxes := 0
		for _, layer := range g.layers {
			for i, s := range layer {
				if s.Node != nil {
					boxes++
				}
				if s.x < margin || s.y < margin-0.01 || s.x+boxWidth > g.width || s.y+s.height > g.height {
					t.Fatalf("slot %d at %g, %g is outside of %g x %g", i, s.x, s.y, g.width, g.height)
				}
				if i > 0 && s.y < layer[i-1].y+layer[i-1].height+boxGap-0.01 {
					t.Fatalf("slot %d at %g overlaps the one at %g, %g tall", i, s.y, layer[i-1].y, layer[i-1].height)
				}
			}
		}
		if boxes != len(nodes) {
			t.Fatalf("%d boxes of %d", boxes, len(nodes))
		}
		for _, a := range g.arrows {
			for i, s := range a.way[1:] {
				if s.rank != a.way[i].rank+1 {
					t.Fatalf("an arrow goes from layer %d to %d", a.way[i].rank, s.rank)
				}
			}
		}
	})
}

// TestTextsStayWithinBoxes as far as their width is known.
func TestTextsStayWithinBoxes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const width = boxWidth - 2*boxPad
		got := lines(rapid.String().Draw(t, "text"), width, 1)
		if len(got) > maxLines {
			t.Fatalf("%d lines", len(got))
		}
		for _, line := range got {
			if w := textWidth(line, 1); w > width {
				t.Fatalf("%q is %g wide", line, w)
			}
		}
	})
}

// TestAnyGraphIsXML of which nothing came from outside as markup, and the same
// each time.
func TestAnyGraphIsXML(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		nodes, edges := someGraph(t)
		got := Graph("title", "desc", nodes, edges)
		if got != Graph("title", "desc", nodes, edges) {
			t.Fatal("it differs from one time to the next")
		}
		onlyKnown(t, got)
	})
}

func onlyKnown(t *rapid.T, got template.HTML) {
	known := map[string]bool{"svg": true, "title": true, "desc": true, "g": true, "path": true, "rect": true, "text": true}
	d := xml.NewDecoder(strings.NewReader(string(got)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, got)
		}
		if e, ok := token.(xml.StartElement); ok && !known[e.Name.Local] {
			t.Fatalf("element %s in %s", e.Name.Local, got)
		}
	}
}
