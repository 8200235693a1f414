package subtitle

import (
	"html"
	"regexp"
	"strings"
)

var (
	// srtTag is a tag that programs write in SRT. Others, such as <3, are text.
	srtTag = regexp.MustCompile(`(?i)^<(/?)(b|i|u|s|font|span|p|br|c)(\s.*|\..*)?/?>$`)
	// fontColour is the colour in a font tag.
	fontColour = regexp.MustCompile(`(?i)\bcolor\s*=\s*["']?\s*(#?[0-9a-z]+)`)
	// alignment is the place of a text, as the keys of a number pad lie: a code of
	// SubStation Alpha, as players take it in SRT.
	alignment = regexp.MustCompile(`\\an([1-9])`)
)

// add adds a line of text. Its error has no line yet.
func (c *srtCue) add(line string) error {
	if err := c.text.source(line); err != nil {
		return err
	}
	c.text.lineBreak()
	for line != "" {
		at := strings.IndexAny(line, "<{")
		if at < 0 {
			at = len(line)
		}
		c.text.text(html.UnescapeString(line[:at]))
		line = line[at:]
		if line == "" {
			break
		}
		used := c.tag(line)
		if used == 0 {
			c.text.text(line[:1])
			used = 1
		}
		line = line[used:]
	}
	return nil
}

// tag takes the tag or code that line begins with, and gives its length; 0 if
// it is text.
func (c *srtCue) tag(line string) int {
	if strings.HasPrefix(line, `{\`) {
		code := bracket(line, '{', '}')
		if key := alignment.FindStringSubmatch(code); key != nil {
			c.settings = keypadSettings(key[1][0])
		}
		return len(code)
	}
	m := srtTag.FindStringSubmatch(bracket(line, '<', '>'))
	if m == nil {
		return 0
	}
	name := strings.ToLower(m[2])
	switch {
	case name == "br":
		c.text.lineBreak()
	case m[1] != "":
		c.text.end(name)
	case name == "b" || name == "i" || name == "u":
		c.text.begin(plainTag(name))
	case name == "font":
		colour := ""
		if found := fontColour.FindStringSubmatch(m[3]); found != nil {
			colour = found[1]
		}
		c.text.begin(colourTag(name, colour))
	default:
		c.text.begin(tag{source: name})
	}
	return len(m[0])
}

// keypadSettings places a text where a key lies on a number pad: 7 is at the
// top left. The bottom in the middle, 2, is where players put text by default.
func keypadSettings(key byte) Settings {
	var s Settings
	switch key {
	case '7', '8', '9':
		s.Line = "5%"
	case '4', '5', '6':
		s.Line = "45%"
	}
	switch key {
	case '1', '4', '7':
		s.Align, s.Position = "start", "5%"
	case '3', '6', '9':
		s.Align, s.Position = "end", "95%"
	}
	return s
}
