package media_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
	"github.com/via-orchestrate/orchestrate/internal/web/media"
	"github.com/via-orchestrate/orchestrate/internal/web/page"
)

// service knows one ingest of tenant "acme", and notes what was chosen.
type service struct {
	run      vod.Run
	attempts []vod.Attempt
	steps    []orchestrate.StepView
	history  []vod.Playback // the first one is current
	chosen   string
}

func (s *service) Get(_ context.Context, _ vod.Caller, id string) (vod.Run, error) {
	if id != s.run.Ingest.ID {
		return vod.Run{}, vod.Faultf(vod.NotFound, "no such ingest")
	}
	return s.run, nil
}

func (s *service) Attempts(context.Context, vod.Caller, vod.Run, string) ([]vod.Attempt, error) {
	return s.attempts, nil
}

func (s *service) Steps(context.Context, vod.Caller, string) ([]orchestrate.StepView, error) {
	return s.steps, nil
}

func (s *service) Playback(context.Context, vod.Caller, string) (vod.Playback, error) {
	if len(s.history) == 0 {
		return vod.Playback{}, vod.Faultf(vod.NotFound, "nothing plays")
	}
	return s.history[0], nil
}

func (s *service) PlaybackHistory(_ context.Context, by vod.Caller, _ string) ([]vod.Playback, error) {
	if err := by.Require(vod.ReadPlayback); err != nil {
		return nil, err
	}
	if len(s.history) == 0 {
		return nil, vod.Faultf(vod.NotFound, "nothing plays")
	}
	return s.history, nil
}

func (s *service) PlaybackSelect(_ context.Context, by vod.Caller, assetID, ingestID string) (vod.Playback, error) {
	if err := by.Require(vod.SelectPlayback); err != nil {
		return vod.Playback{}, err
	}
	s.chosen = assetID + " " + ingestID
	return vod.Playback{}, nil
}

// ask sends a request for a part of the ingest's page, as somebody who may do
// what the role may.
func ask(t *testing.T, s *service, role vod.Role, method, part string) (*http.Response, string) {
	t.Helper()
	kit := page.New(page.Config{Caller: func(context.Context) (vod.Caller, error) {
		return vod.Caller{Tenant: "acme", Permissions: role.Permissions()}, nil
	}})
	media.Routes(kit, s)
	w := httptest.NewRecorder()
	kit.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/ui/acme/ingests/i-2/"+part, nil))
	res := w.Result()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}
