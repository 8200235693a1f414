package media

import (
	"net/http"
	"net/url"
	"path"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/media/manifest"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
	"github.com/via-orchestrate/orchestrate/internal/web/play"
)

// mediaView is what the part with pictures and player shows.
type mediaView struct {
	Address  string // of the ingest's page
	AssetID  string
	Playback vod.Playback
	Sheet    string // address of the first sheet of thumbnails, or empty
	Streams  []stream
	Removed  bool   // the files were given up
	Listed   bool   // it is in the catalogue, and can be chosen
	Current  string // the ingest that serves the asset now, or empty
}

// stream is one that can be played.
type stream struct{ Name, Format, Address string }

// media shows what the ingest published.
func (p *pages) media(w http.ResponseWriter, r *page.Request) error {
	run, err := p.service.Get(r.Context(), r.Caller, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := mediaView{Address: r.IngestAddress(), AssetID: run.Ingest.AssetID}
	history, err := p.service.PlaybackHistory(r.Context(), r.Caller, v.AssetID)
	if code := vod.CodeOf(err); code == vod.Forbidden {
		return nothing(w)
	} else if err != nil && code != vod.NotFound {
		return err
	}
	published := false
	if v.Playback, published = play.Published(run, history); !published {
		return nothing(w)
	}
	v.Listed = slices.ContainsFunc(history, func(h vod.Playback) bool { return h.IngestID == run.Ingest.ID })
	v.Removed = !v.Playback.Removed.IsZero()
	v.Sheet, v.Streams = sheet(v.Playback.Thumbnails), streams(v.Playback)
	current, err := p.service.Playback(r.Context(), r.Caller, v.AssetID)
	if err != nil && vod.CodeOf(err) != vod.NotFound {
		return err
	}
	v.Current = current.IngestID
	return p.templates.Part(w, r, "media", v)
}

func streams(p vod.Playback) (list []stream) {
	for _, s := range []stream{{"HLS", "hls", p.HLS}, {"DASH", "dash", p.DASH}} {
		if s.Address != "" {
			list = append(list, s)
		}
	}
	return list
}

// sheet is the first sheet of thumbnails, which stands beside a track that
// PACKAGING wrote; of other tracks it is not known.
func sheet(track string) string {
	u, err := url.Parse(track)
	if err != nil || path.Base(u.Path) != manifest.ThumbnailsName {
		return ""
	}
	return u.ResolveReference(&url.URL{Path: manifest.SheetName(1)}).String()
}

// player is the frame in which a stream plays.
func (p *pages) player(w http.ResponseWriter, r *page.Request) error {
	format := r.URL.Query().Get("format")
	if format != "hls" && format != "dash" {
		return vod.Faultf(vod.Invalid, "The format is hls or dash.")
	}
	return p.templates.Part(w, r, "player", r.IngestAddress()+"/play?embedded&format="+format)
}

// choose makes the ingest the one that serves its asset.
func (p *pages) choose(w http.ResponseWriter, r *page.Request) error {
	id := r.PathValue("id")
	run, err := p.service.Get(r.Context(), r.Caller, id)
	if err != nil {
		return err
	}
	if _, err := p.service.PlaybackSelect(r.Context(), r.Caller, run.Ingest.AssetID, id); err != nil {
		return err
	}
	http.Redirect(w, r.Request, r.IngestAddress(), http.StatusSeeOther)
	return nil
}
