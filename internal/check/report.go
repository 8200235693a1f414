package check

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// Severity says what a finding means for those who watch.
type Severity string

// The severities.
const (
	Error   Severity = "ERROR"   // something does not play, or not right, or the manifest is untrue
	Warning Severity = "WARNING" // a requirement is not met, or the content looks wrong
	Info    Severity = "INFO"    // a recommendation, or a thing that was not checked
)

const (
	// maxPerRule is how many findings of a rule are told; the rest is counted.
	maxPerRule = 25
	// maxSeen is how many findings are kept to tell those that come again.
	maxSeen = 20_000
)

// Finding is one breach of a rule.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Where    string   `json:"where"`   // file, and what in it
	Message  string   `json:"message"` // what is wrong, with both figures
	Clause   string   `json:"clause"`  // where the rule stands
}

// Report is the result of a run.
type Report struct {
	Manifests []string  `json:"manifests"`
	Tracks    []Track   `json:"tracks"`
	Findings  []Finding `json:"findings"` // worst first
}

// Track is what was read of a track.
type Track struct {
	Name       string  `json:"name"`
	Kind       string  `json:"kind"` // video, audio, text or image
	Codecs     string  `json:"codecs"`
	Language   string  `json:"language,omitempty"`
	Width      int     `json:"width,omitempty"`
	Height     int     `json:"height,omitempty"`
	FrameRate  float64 `json:"frameRate,omitempty"`
	Channels   int     `json:"channels,omitempty"`
	SampleRate int     `json:"sampleRate,omitempty"`
	Segments   int     `json:"segments"`
	Start      float64 `json:"start"`    // seconds
	Duration   float64 `json:"duration"` // seconds
	Bitrate    int64   `json:"bitrate"`  // bit/s, average
	Peak       int64   `json:"peak"`     // bit/s, of a segment
	Encryption string  `json:"encryption,omitempty"`
	HLS        bool    `json:"hls"` // named by a playlist
	DASH       bool    `json:"dash"`
}

// Count is the number of findings of that severity.
func (r *Report) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// findings collects. It is safe for concurrent use.
type findings struct {
	mu    sync.Mutex
	rules map[string]Rule
	count map[string]int
	seen  map[Finding]bool
	list  []Finding
}

func newFindings() *findings {
	f := &findings{rules: map[string]Rule{}, count: map[string]int{}, seen: map[Finding]bool{}}
	for _, r := range Rules() {
		f.rules[r.ID] = r
	}
	return f
}

// add notes a finding down, the same one once.
func (f *findings) add(rule, where, format string, args ...any) {
	f.addClause(rule, "", where, format, args...)
}

// addClause does so with a clause that is more exact than that of the rule.
func (f *findings) addClause(rule, clause, where, format string, args ...any) {
	r, ok := f.rules[rule]
	if !ok {
		panic("no such rule: " + rule) // a slip of the programmer, which every test would meet
	}
	finding := Finding{Rule: rule, Severity: r.Severity, Where: where, Message: fmt.Sprintf(format, args...), Clause: cmp.Or(clause, r.Clause)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen[finding] {
		return
	}
	if len(f.seen) < maxSeen {
		f.seen[finding] = true
	}
	f.count[rule]++
	if f.count[rule] <= maxPerRule {
		f.list = append(f.list, finding)
	}
}

// sorted gives the findings, worst first, otherwise as they came.
func (f *findings) sorted() []Finding {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := slices.Clone(f.list)
	for rule, n := range f.count {
		if n > maxPerRule {
			r := f.rules[rule]
			out = append(out, Finding{rule, r.Severity, "", fmt.Sprintf("%d more of these", n-maxPerRule), r.Clause})
		}
	}
	rank := map[Severity]int{Error: 0, Warning: 1, Info: 2}
	slices.SortStableFunc(out, func(a, b Finding) int { return cmp.Compare(rank[a.Severity], rank[b.Severity]) })
	return out
}
