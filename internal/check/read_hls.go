package check

import (
	"context"
	"path"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
	"github.com/via-orchestrate/orchestrate/internal/check/hls"
)

// readHLS reads a playlist of either kind and what it leads to.
func (r *run) readHLS(ctx context.Context, address string, text []byte) {
	p := r.parseHLS(address, text)
	if !p.Multivariant {
		r.addMedia(p, "", "")
		return
	}
	p.byURI = map[string]*playlist{}
	for _, m := range p.Media {
		if m.URI != "" {
			r.follow(ctx, p, m.URI, m.Language, m.Type)
		}
	}
	for _, v := range p.Variants {
		r.follow(ctx, p, v.URI, "", "")
	}
	for _, v := range p.IFrames {
		r.follow(ctx, p, v.URI, "", "")
	}
}

func (r *run) parseHLS(address string, text []byte) *playlist {
	p := &playlist{Playlist: hls.Parse(text), address: address}
	r.playlists = append(r.playlists, p)
	for _, problem := range p.Problems {
		r.addClause(ruleHLSSyntax, problem.Clause, shown(address), "%s", problem)
	}
	return p
}

// follow reads a media playlist that the multivariant one names, once.
func (r *run) follow(ctx context.Context, from *playlist, uri, language, media string) {
	if uri == "" || from.byURI[uri] != nil || ctx.Err() != nil {
		return
	}
	if len(r.renditions) >= maxTracks {
		r.add(ruleSkipped, shown(from.address), "only %d renditions are checked", maxTracks)
		return
	}
	address, err := r.Source.Resolve(from.address, uri)
	if err != nil {
		r.fileProblem(shown(from.address), err)
		return
	}
	text, err := fetch.ReadAll(ctx, r.Source, address, maxManifest)
	if err != nil {
		r.fileProblem(shown(from.address), err)
		return
	}
	p := r.parseHLS(address, text)
	from.byURI[uri] = p
	if p.Multivariant {
		r.addClause(ruleHLSSyntax, rfc+"4.3.4.2", shown(address), "it is a multivariant playlist, where a media playlist should be")
		return
	}
	r.addMedia(p, language, media)
}

// addMedia makes a rendition of a media playlist.
func (r *run) addMedia(p *playlist, language, media string) {
	if len(p.Segments) == 0 {
		r.addClause(ruleHLSSyntax, rfc+"4.3.2.1", shown(p.address), "it has no segments")
		return
	}
	x := &rendition{from: FormatHLS, manifest: p.address, language: language, playlist: p, keys: p.Segments[0].Keys, sequence: p.Sequence}
	at := 0.0
	maps := map[hls.Map]bool{}
	for _, s := range p.Segments {
		address, err := r.Source.Resolve(p.address, s.URI)
		if err != nil {
			r.fileProblem(shown(p.address), err)
			return
		}
		x.segments = append(x.segments, part{
			address: address, span: fetch.Range(s.Range), start: at, duration: s.Duration, gap: s.Gap, restart: s.Discontinuity, line: s.Line,
		})
		at += s.Duration
		if s.Map != nil {
			maps[*s.Map] = true
		}
		for _, k := range s.Keys {
			x.whole = x.whole || k.Method == "AES-128"
		}
	}
	if first := p.Segments[0].Map; first != nil {
		address, err := r.Source.Resolve(p.address, first.URI)
		if err != nil {
			r.fileProblem(shown(p.address), err)
			return
		}
		x.header = &part{address: address, span: fetch.Range(first.Range)}
	}
	if len(maps) > 1 {
		r.add(ruleSkipped, shown(p.address), "it has %d headers; all is checked against the first", len(maps))
	}
	x.name = trackName(x.segments)
	switch ext := strings.ToLower(path.Ext(pathOf(x.segments[0].address))); {
	case media == "SUBTITLES" || ext == ".vtt" || ext == ".webvtt":
		x.kind, p.text = kindText, true
	case x.header == nil && (ext == ".mp4" || ext == ".m4s" || ext == ".cmfv" || ext == ".cmfa" || ext == ".m4v" || ext == ".m4a"):
		r.add(ruleHLSMap, shown(p.address), "its segments are fragmented MP4, but there is no EXT-X-MAP")
		return
	case x.header == nil:
		r.add(ruleSkipped, shown(p.address), "segments that are not fragmented MP4 are not read")
		return
	}
	if x.kind == kindText && x.header != nil {
		x.kind = "" // in MP4, whose header tells
	}
	if p.IFramesOnly {
		p.iframes = x
		return
	}
	p.rendition = x
	r.renditions = append(r.renditions, x)
}
