package subtitle

import (
	"errors"
	"regexp"
	"strings"
)

const percentage = `(?:100(?:\.0{1,9})?|\d{1,2}(?:\.\d{1,9})?)%`

var (
	lineValue  = regexp.MustCompile(`^(-?\d{1,4}|` + percentage + `)(,(start|center|end))?$`)
	placeValue = regexp.MustCompile(`^(` + percentage + `)(,(line-left|center|line-right))?$`)
	oldPlace   = regexp.MustCompile(`^(` + percentage + `),(start|middle|end)$`)
	sizeValue  = regexp.MustCompile(`^` + percentage + `$`)
	errSetting = errors.New("no cue setting")
)

// parseSettings reads what stands after the times of a cue, and tells what of it
// is no setting.
func parseSettings(text string) (s Settings, bad []string) {
	for part := range strings.FieldsSeq(text) {
		if s.set(part) != nil {
			bad = append(bad, part)
		}
	}
	return s, bad
}

func (s *Settings) set(part string) error {
	name, value, _ := strings.Cut(strings.Clone(part), ":") // else the whole file would be kept
	switch {
	case name == "vertical" && (value == "rl" || value == "lr"):
		s.Vertical = value
	case name == "line" && lineValue.MatchString(value):
		s.Line = value
	case name == "position" && placeValue.MatchString(value):
		s.Position = value
	case name == "position" && oldPlace.MatchString(value): // before 2014
		s.Position = oldPlace.FindStringSubmatch(value)[1]
	case name == "size" && sizeValue.MatchString(value):
		s.Size = value
	case name == "align" && value == "middle": // before 2014
		s.Align = "center"
	case name == "align" && (value == "start" || value == "center" || value == "end" || value == "left" || value == "right"):
		s.Align = value
	default:
		return errSetting
	}
	return nil
}
