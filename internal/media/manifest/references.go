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
// its order: those on lines of their own and those in URI attributes, but not
// the addresses of keys, which are no files of the package.
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
		if strings.HasPrefix(line, "#EXT-X-KEY:") || strings.HasPrefix(line, "#EXT-X-SESSION-KEY:") {
			continue
		}
		if m := uriAttribute.FindStringSubmatch(line); m != nil {
			out = append(out, m[1])
		}
	}
	return out
}

// MPDReferences lists the addresses that a DASH manifest as [MPD] writes it
// leads to: header and segments of every representation, or its only file.
func MPDReferences(text []byte) ([]string, error) {
	var m mpd
	if err := xml.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("parse DASH manifest: %w", err)
	}
	var out []string
	for _, set := range m.Period.Sets {
		for _, r := range set.Representations {
			if r.Template == nil {
				r.Template = set.Template
			}
			var err error
			if out, err = r.references(out); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// references appends those of a representation.
func (r representation) references(out []string) ([]string, error) {
	t := r.Template
	if t == nil {
		if r.BaseURL == "" {
			return nil, fmt.Errorf("representation %q has neither a segment template nor an address", r.ID)
		}
		return append(out, r.BaseURL), nil
	}
	count, ok := t.count()
	if !ok {
		return nil, fmt.Errorf("representation %q has too many segments", r.ID)
	}
	if len(out)+count+1 > maxReferences {
		return nil, fmt.Errorf("the manifest leads to more than %d files", maxReferences)
	}
	if t.Init != "" {
		out = append(out, strings.ReplaceAll(t.Init, "$RepresentationID$", r.ID))
	}
	name := strings.ReplaceAll(t.Media, "$RepresentationID$", r.ID)
	for i := range count {
		number := t.StartNumber + i
		out = append(out, strings.NewReplacer(
			"$Number%05d$", fmt.Sprintf("%05d", number), "$Number%03d$", fmt.Sprintf("%03d", number),
		).Replace(name))
	}
	return out, nil
}

// count is the number of segments, if it is a reasonable one.
func (t segmentTemplate) count() (int, bool) {
	if t.Timeline == nil {
		n := t.EndNumber - t.StartNumber + 1
		return n, t.EndNumber <= maxReferences && t.StartNumber >= 0 && n >= 0
	}
	count := 0
	for _, s := range t.Timeline.Entries {
		if s.Repeat < 0 || s.Repeat > maxReferences || count > maxReferences-s.Repeat-1 {
			return 0, false
		}
		count += s.Repeat + 1
	}
	return count, true
}
