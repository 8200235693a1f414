package playout_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func newJob(t *testing.T, profile any, inputs ...vod.Fileset) step.Job {
	t.Helper()
	text, err := json.Marshal(profile)
	if err != nil {
		t.Fatal(err)
	}
	return step.Job{
		Tenant: "acme", AssetID: "42", IngestID: "i1", TaskID: "t1", Attempt: 1, Profile: text, Inputs: inputs,
		Progress: func(float64) {}, Log: slog.New(slog.DiscardHandler),
	}
}

func fileset(mediaType, uri string, labels ...string) vod.Fileset {
	return vod.Fileset{Files: []vod.File{{MediaType: mediaType, URI: uri}}, Labels: labels}
}

func published() []vod.Fileset {
	return []vod.Fileset{
		fileset(vod.MediaHLS, "https://cdn.example/k/master.m3u8", "distributed", vod.KindHLS),
		fileset(vod.MediaDASH, "https://cdn.example/k/manifest.mpd", "distributed", vod.KindDASH),
		fileset(vod.MediaImage, "https://cdn.example/k/poster.jpg", "distributed"),
	}
}

func wantError(t *testing.T, err error, class vod.Class, reason vod.Reason, message string) {
	t.Helper()
	se := vod.AsStepError(err)
	if err == nil || se.Class != class || se.Reason != reason || !strings.Contains(se.Message, message) {
		t.Errorf("error is %s %s %q (%v), want %s %s %q", se.Class, se.Reason, se.Message, se.Cause, class, reason, message)
	}
}
