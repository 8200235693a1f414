package manifest

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
)

// maxReferences bounds what a manifest can make a reader list.
const maxReferences = 1 << 20

var uriAttribute = regexp.MustCompile(`[:,]URI="([^"]*)"`)

// PlaylistReferences lists the addresses in an HLS playlist of either kind, in
// its order: those on lines of their own and those in URI attributes.
func PlaylistReferences(playlist []byte) []string {
	var out []string
	for line := range strings.Lines(string(playlist)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		if !strings.HasPrefix(line, "#") {
			out = append(out, line)
			continue
		}
		if m := uriAttribute.FindStringSubmatch(line); m != nil {
			out = append(out, m[1])
		}
	}
	return out
}

// MPDReferences lists the addresses that a DASH manifest as [MPD] writes it
// leads to: header and segments of every representation.
func MPDReferences(text []byte) ([]string, error) {
	var m mpd
	if err := xml.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("parse DASH manifest: %w", err)
	}
	var out []string
	for _, set := range m.Period.Sets {
		for _, r := range set.Representations {
			t := r.Template
			if t == nil {
				t = set.Template
			}
			if t == nil {
				return nil, fmt.Errorf("representation %q has no segment template", r.ID)
			}
			count := 0
			for _, s := range t.Timeline {
				if s.Repeat < 0 || s.Repeat > maxReferences || count > maxReferences-s.Repeat-1 {
					return nil, fmt.Errorf("representation %q has too many segments", r.ID)
				}
				count += s.Repeat + 1
			}
			if len(out)+count+1 > maxReferences {
				return nil, fmt.Errorf("the manifest leads to more than %d files", maxReferences)
			}
			out = append(out, strings.ReplaceAll(t.Init, "$RepresentationID$", r.ID))
			for i := range count {
				name := strings.ReplaceAll(t.Media, "$RepresentationID$", r.ID)
				number := fmt.Sprintf("%05d", t.StartNumber+i)
				out = append(out, strings.ReplaceAll(name, "$Number%05d$", number))
			}
		}
	}
	return out, nil
}
