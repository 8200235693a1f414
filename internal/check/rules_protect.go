package check

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// judgeProtection compares what manifests and headers say of encryption.
func (r *run) judgeProtection() {
	for _, x := range r.renditions {
		if x.from == FormatHLS {
			r.judgeKeys(x)
		}
		if x.track == nil {
			continue
		}
		if x.from == FormatHLS {
			r.judgeHLSProtection(x)
		} else {
			r.judgeDASHProtection(x)
		}
	}
}

// judgeKeys wants no key in a playlist.
func (r *run) judgeKeys(x *rendition) {
	seen := map[string]bool{}
	for _, s := range x.playlist.Segments {
		for _, k := range s.Keys {
			identity := k.KeyFormat == "" || k.KeyFormat == "identity"
			if identity && strings.HasPrefix(strings.ToLower(k.URI), "data:") && !seen[k.URI] {
				seen[k.URI] = true
				r.add(ruleKey, fmt.Sprintf("%s, line %d", shown(x.manifest), k.Line), "the URI of EXT-X-KEY holds the key itself")
			}
		}
	}
}

func (r *run) judgeHLSProtection(x *rendition) {
	e, where := x.track.header.Entry, shown(x.manifest)
	method := ""
	for _, k := range x.keys {
		method = k.Method
	}
	want := map[string]string{"cbcs": "SAMPLE-AES", "cenc": "SAMPLE-AES-CTR"}[e.Scheme]
	switch {
	case method == "AES-128" && e.Protected():
		r.add(ruleProtection, where, "METHOD is AES-128, but samples are encrypted as well (%s)", printable(e.Scheme))
	case method == "AES-128":
	case method == "" && e.Protected():
		r.add(ruleProtection, where, "there is no EXT-X-KEY, but the track is encrypted (%s)", printable(e.Scheme))
	case method != "" && !e.Protected():
		r.add(ruleProtection, where, "METHOD is %s, but the track is in the clear", method)
	case method != want:
		r.add(ruleProtection, where, "METHOD is %s, but the scheme of the track is %s", method, printable(e.Scheme))
	}
	if method == "SAMPLE-AES-CTR" {
		r.addClause(ruleLevel, apple+"13.11", where, "METHOD is SAMPLE-AES-CTR, which Apple's devices do not play")
	}
	for _, k := range x.keys {
		id := strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(k.KeyID, "-", "")), "0x")
		if id != "" && e.Protected() && id != hex.EncodeToString(e.DefaultKID[:]) {
			r.add(ruleProtection, where, "KEYID is %s, but the key id of the track is %x", printable(k.KeyID), e.DefaultKID)
		}
	}
}

func (r *run) judgeDASHProtection(x *rendition) {
	e, where, rep := x.track.header.Entry, shown(x.manifest)+", "+x.name, x.rep
	switch {
	case e.Protected() && !rep.Protected:
		r.add(ruleProtection, where, "there is no ContentProtection, but the track is encrypted (%s)", printable(e.Scheme))
	case !e.Protected() && rep.Protected:
		r.add(ruleProtection, where, "there is ContentProtection, but the track is in the clear")
	case e.Protected() && rep.Scheme != "" && rep.Scheme != e.Scheme:
		r.add(ruleProtection, where, "the scheme is %s, but that of the track is %s", printable(rep.Scheme), printable(e.Scheme))
	}
	if !e.Protected() {
		return
	}
	for _, kid := range rep.KIDs {
		if strings.ToLower(strings.ReplaceAll(kid, "-", "")) != hex.EncodeToString(e.DefaultKID[:]) {
			r.add(ruleProtection, where, "default_KID is %s, but the key id of the track is %x", printable(kid), e.DefaultKID)
		}
	}
	if len(rep.KIDs) == 0 && rep.Protected {
		r.add(ruleProtection, where, "ContentProtection names no default_KID")
	}
}

// judgeSameTracks compares which tracks HLS and DASH name.
func (r *run) judgeSameTracks() {
	var sources []string
	for _, x := range r.renditions {
		if !slices.Contains(sources, x.from) {
			sources = append(sources, x.from)
		}
	}
	if len(sources) < 2 {
		return
	}
	for _, t := range r.tracks {
		for _, from := range sources {
			named := slices.ContainsFunc(r.renditions, func(x *rendition) bool { return x.track == t && x.from == from })
			if !named && t.kind != kindText {
				r.add(ruleSameTracks, t.name, "%s does not name the track", from)
			}
		}
	}
}
