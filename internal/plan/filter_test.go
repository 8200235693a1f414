package plan

import (
	"strings"
	"testing"
)

func TestFilterMatch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		filter string
		labels string
		want   bool
	}{
		{"retrieved", "retrieved", true},
		{"retrieved", "encoded", false},
		{"retrieved", "", false},
		{"distributed AND HLS", "distributed HLS", true},
		{"distributed AND HLS", "distributed DASH", false},
		{"a OR b AND c", "a", true},
		{"a OR b AND c", "b", false},
		{"(a OR b) AND c", "a", false},
		{"(a OR b) AND c", "b c", true},
		{"NOT a", "", true},
		{"NOT a AND b", "b", true},
		{"NOT (a AND b)", "a", true},
		{"NOT NOT a", "a", true},
		{"(((a)))", "a", true},
		{"or", "or", true},
	}
	for _, tt := range tests {
		f, err := ParseFilter(tt.filter)
		if err != nil {
			t.Errorf("ParseFilter(%q): %v", tt.filter, err)
			continue
		}
		if got := f.Match(strings.Fields(tt.labels)); got != tt.want {
			t.Errorf("%q on [%s] = %v, want %v", tt.filter, tt.labels, got, tt.want)
		}
	}
}

func TestFilterErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                        `the filter is empty; name a label, such as "retrieved"`,
		"  ":                      `the filter is empty; name a label, such as "retrieved"`,
		"a AND":                   `expected a label, found the end`,
		"AND a":                   `expected a label, found "AND"`,
		"a b":                     `expected AND, OR or the end, found "b"`,
		"(a":                      `a parenthesis is not closed`,
		"a)":                      `expected AND, OR or the end, found ")"`,
		"()":                      `expected a label, found ")"`,
		"NOT":                     `expected a label, found the end`,
		strings.Repeat("(", 2000): `the filter is longer than 1024 bytes`,
	}
	for filter, want := range tests {
		if _, err := ParseFilter(filter); err == nil || err.Error() != want {
			t.Errorf("ParseFilter(%.20q) = %v, want %s", filter, err, want)
		}
	}
}

func FuzzParseFilter(f *testing.F) {
	for _, s := range []string{"a", "a AND (b OR NOT c)", "((", "NOT"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		if filter, err := ParseFilter(text); err == nil {
			filter.Match([]string{"a"})
		}
	})
}
