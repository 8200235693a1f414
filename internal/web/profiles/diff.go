package profiles

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	udiff "github.com/aymanbagabas/go-udiff"

	"github.com/via-orchestrate/orchestrate/internal/profile"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// mostCompared is the size in bytes up to which two documents are compared:
// the work grows with its square. Documents of people have some thousands.
const mostCompared = 256 << 10

// difference is how a text became another.
type difference struct {
	Rows           []diffRow
	Added, Removed int
	TooLarge       bool
}

// Same tells that there is none.
func (d difference) Same() bool { return len(d.Rows) == 0 && !d.TooLarge }

// diffRow is a line of one of the texts or of both. A line number is 0 for a
// text that does not have it.
type diffRow struct {
	Old, New int
	Kind     string // "added", "removed", "same" or "gap", where lines were left out
	Text     string
}

func compare(before, after string) (difference, error) {
	if len(before) > mostCompared || len(after) > mostCompared {
		return difference{TooLarge: true}, nil
	}
	unified, err := udiff.ToUnifiedDiff("", "", before, udiff.Lines(before, after), udiff.DefaultContextLines)
	if err != nil {
		return difference{}, fmt.Errorf("compare two documents: %w", err)
	}
	var d difference
	for _, hunk := range unified.Hunks {
		if len(d.Rows) > 0 || hunk.FromLine > 1 {
			d.Rows = append(d.Rows, diffRow{Kind: "gap", Old: hunk.FromLine, New: hunk.ToLine})
		}
		before, after := hunk.FromLine, hunk.ToLine
		for _, line := range hunk.Lines {
			row := diffRow{Old: before, New: after, Kind: "same", Text: strings.TrimSuffix(line.Content, "\n")}
			switch line.Kind {
			case udiff.Insert:
				row.Old, row.Kind = 0, "added"
				d.Added++
				after++
			case udiff.Delete:
				row.New, row.Kind = 0, "removed"
				d.Removed++
				before++
			case udiff.Equal:
				before++
				after++
			}
			d.Rows = append(d.Rows, row)
		}
	}
	return d, nil
}

// diffView is the page that compares two versions of a profile.
type diffView struct {
	Name    string
	Href    string // of the profile
	A, B    side
	Choices []side
	difference
}

// side is one of two versions.
type side struct {
	ID      int64
	Href    string
	Applied time.Time
}

// mostChoices is how many versions are offered to be compared.
const mostChoices = 200

func (p *pages) diff(w http.ResponseWriter, r *page.Request) error {
	name := r.PathValue("name")
	all, err := p.ProfileVersions(r.Context(), r.Caller, name)
	if err != nil {
		return err
	}
	a, b, err := p.chosen(r, name, all)
	if err != nil {
		return err
	}
	view := diffView{Name: name, Href: address(r.Base(), name, 0), A: p.side(r, a), B: p.side(r, b)}
	for _, v := range all[:min(len(all), mostChoices)] {
		view.Choices = append(view.Choices, p.side(r, v))
	}
	if view.difference, err = compareVersions(a, b); err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, p.kit.Text("profiles.diff.title", name), "profiles-diff", view)
}

func (p *pages) side(r *page.Request, v vod.ProfileVersion) side {
	return side{ID: v.VersionID, Href: address(r.Base(), v.Name, v.VersionID), Applied: at(v.VersionID)}
}

// chosen are the two versions that the address names: b, or the newest, and a,
// or the one before b.
func (p *pages) chosen(r *page.Request, name string, all []vod.ProfileVersion) (a, b vod.ProfileVersion, err error) {
	idA, err := versionOf(r, "a")
	if err != nil {
		return a, b, err
	}
	idB, err := versionOf(r, "b")
	if err != nil {
		return a, b, err
	}
	if b, err = p.ProfileGet(r.Context(), r.Caller, name, idB); err != nil {
		return a, b, err
	}
	if i := place(all, b.VersionID); idA == 0 && i >= 0 {
		idA = all[min(i+1, len(all)-1)].VersionID
	}
	a, err = p.ProfileGet(r.Context(), r.Caller, name, idA)
	return a, b, err
}

func compareVersions(a, b vod.ProfileVersion) (difference, error) {
	before, err := profile.YAML(a.Document)
	if err != nil {
		return difference{}, err
	}
	after, err := profile.YAML(b.Document)
	if err != nil {
		return difference{}, err
	}
	return compare(string(before), string(after))
}
