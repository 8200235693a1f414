package plan

import (
	"fmt"
	"strings"
)

// maxFilter bounds the length of a filter in bytes, and so the depth of its
// recursion.
const maxFilter = 1024

// Filter is a boolean expression over labels, such as
// "distributed AND (HLS OR DASH) AND NOT draft". NOT binds strongest, then
// AND, then OR; the operators are written in capitals. The zero Filter matches
// nothing.
type Filter struct {
	match func(has func(string) bool) bool
}

// ParseFilter reads a filter. The error says what was found where.
func ParseFilter(text string) (Filter, error) {
	if len(text) > maxFilter {
		return Filter{}, fmt.Errorf("the filter is longer than %d bytes", maxFilter)
	}
	spaced := strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text)
	p := &filterParser{words: strings.Fields(spaced)}
	if len(p.words) == 0 {
		return Filter{}, fmt.Errorf("the filter is empty; name a label, such as %q", "retrieved")
	}
	f, err := p.or()
	if err != nil {
		return Filter{}, err
	}
	if word := p.peek(); word != "" {
		return Filter{}, fmt.Errorf("expected AND, OR or the end, found %q", word)
	}
	return f, nil
}

// Match tells whether a fileset with these labels is selected.
func (f Filter) Match(labels []string) bool {
	return f.match != nil && f.match(func(label string) bool {
		for _, l := range labels {
			if l == label {
				return true
			}
		}
		return false
	})
}

type filterParser struct{ words []string }

func (p *filterParser) peek() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0]
}

func (p *filterParser) take() string {
	word := p.peek()
	if word != "" {
		p.words = p.words[1:]
	}
	return word
}

func (p *filterParser) or() (Filter, error) {
	return p.chain("OR", p.and, func(a, b bool) bool { return a || b })
}

func (p *filterParser) and() (Filter, error) {
	return p.chain("AND", p.not, func(a, b bool) bool { return a && b })
}

func (p *filterParser) chain(op string, next func() (Filter, error), join func(a, b bool) bool) (Filter, error) {
	left, err := next()
	for err == nil && p.peek() == op {
		p.take()
		a := left
		var b Filter
		if b, err = next(); err == nil {
			left = Filter{func(has func(string) bool) bool { return join(a.match(has), b.match(has)) }}
		}
	}
	return left, err
}

func (p *filterParser) not() (Filter, error) {
	if p.peek() != "NOT" {
		return p.primary()
	}
	p.take()
	inner, err := p.not()
	return Filter{func(has func(string) bool) bool { return !inner.match(has) }}, err
}

func (p *filterParser) primary() (Filter, error) {
	switch word := p.take(); word {
	case "":
		return Filter{}, fmt.Errorf("expected a label, found the end")
	case "AND", "OR", ")":
		return Filter{}, fmt.Errorf("expected a label, found %q", word)
	case "(":
		inner, err := p.or()
		if err == nil && p.take() != ")" {
			err = fmt.Errorf("a parenthesis is not closed")
		}
		return inner, err
	default:
		return Filter{func(has func(string) bool) bool { return has(word) }}, nil
	}
}
