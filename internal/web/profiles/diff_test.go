package profiles

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	first := s.put("p", small)
	second := s.put("p", strings.Replace(small, "One", "The <only>", 1))
	path := fmt.Sprintf("/profiles/p/diff?a=%d&b=%d", first, second)
	page := s.get(path, http.StatusOK)
	s.has(page, "1 line added, 1 removed.",
		`<td class="line">2</td><td class="line"></td><td class="text"><del><span class="visually-hidden">Removed: </span>description: One step.</del>`,
		`<td class="line"></td><td class="line">2</td><td class="text"><ins><span class="visually-hidden">Added: </span>description: The &lt;only&gt; step.</ins>`,
		`<td class="line">1</td><td class="line">1</td><td class="text">name: p</td>`)
	s.has(s.get("/profiles/p/diff", http.StatusOK), "1 line added, 1 removed.")
	s.has(s.get(fmt.Sprintf("/profiles/p/diff?a=%d&b=%d", second, second), http.StatusOK), "No difference")
	s.has(s.get("/profiles/default/diff", http.StatusOK), "No difference")
	s.get("/profiles/p/diff?a=1", http.StatusNotFound)
	s.get("/profiles/p/diff?a=x", http.StatusBadRequest)
	s.get("/profiles/gone/diff", http.StatusNotFound)
}

// TestDiffLeadsFromOneToTheOther: the lines that stay or come are those of the
// new text, under their numbers, and so for the old one.
func TestDiffLeadsFromOneToTheOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", ""}), 0, 30)
		before, after := texts.Draw(t, "before"), texts.Draw(t, "after")
		d, err := compare(lines(before), lines(after))
		if err != nil {
			t.Fatal(err)
		}
		added, removed := 0, 0
		for _, row := range d.Rows {
			if row.Kind == "gap" {
				continue
			}
			if row.Kind != "added" && before[row.Old-1] != row.Text || row.Kind != "removed" && after[row.New-1] != row.Text {
				t.Fatalf("%+v of %q and %q", row, before, after)
			}
			switch row.Kind {
			case "added":
				added++
			case "removed":
				removed++
			}
		}
		if len(before)-removed+added != len(after) || added != d.Added || removed != d.Removed || d.Same() != (lines(before) == lines(after)) {
			t.Fatalf("%+v of %q and %q", d, before, after)
		}
	})
}

func lines(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return strings.Join(all, "\n") + "\n"
}

// TestDiffOfLargeTexts is bounded, whatever they hold.
func TestDiffOfLargeTexts(t *testing.T) {
	t.Parallel()
	var before, after strings.Builder
	for i := range mostCompared / 16 {
		fmt.Fprintf(&before, "%07d\n", i)
		fmt.Fprintf(&after, "%07d\n", i+i%2*1_000_000)
	}
	start := time.Now()
	if d, err := compare(before.String(), after.String()); err != nil || d.Same() || d.TooLarge {
		t.Fatalf("%d rows: %v", len(d.Rows), err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	if d, err := compare(strings.Repeat("a", mostCompared+1), ""); err != nil || !d.TooLarge || d.Same() {
		t.Errorf("%+v, %v", d, err)
	}
}
