package orchestrate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestSubmit(t *testing.T) {
	t.Parallel()
	s := newService(t)
	id := s.submit(func(sub *orchestrate.Submission) {
		sub.Filesets[0].Files[0].URI = "https://example.com/clip.mp4?X-Signature=hunter2"
		sub.Filesets[0].Labels = []string{"retrieved", "HLS"}
	})
	s.equal("woken", s.woken, []string{id})
	in := s.get(id).Ingest
	if in.Status != vod.Queued || in.Tenant != tenant || in.ProfileName != "default" || len(in.MediaKey) != 32 || !in.HasInput {
		t.Errorf("%+v", in)
	}
	if strings.Contains(string(in.Input), "hunter2") {
		t.Errorf("the input tells the query: %s", in.Input)
	}
	s.equal("sources", in.Sources, map[string]string{
		"https://example.com/clip.mp4?…": "https://example.com/clip.mp4?X-Signature=hunter2",
	})
	var input struct {
		Filesets []vod.Fileset
		Profile  struct{ ID int64 }
	}
	s.ok(json.Unmarshal(in.Input, &input))
	s.equal("labels", input.Filesets[0].Labels, []string{vod.LabelInitialInput})
	s.equal("version", input.Profile.ID, in.ProfileVersion)
	if other := s.get(s.submit()).Ingest; other.MediaKey == in.MediaKey {
		t.Error("two ingests have the same media key")
	}
}

func TestSubmitRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	tests := map[string]struct {
		change func(*orchestrate.Submission)
		code   vod.Code
	}{
		"no asset":           {func(sub *orchestrate.Submission) { sub.AssetID = "" }, vod.Unusable},
		"asset with newline": {func(sub *orchestrate.Submission) { sub.AssetID = "1\n2" }, vod.Unusable},
		"asset too long":     {func(sub *orchestrate.Submission) { sub.AssetID = strings.Repeat("x", 256) }, vod.Unusable},
		"no file":            {func(sub *orchestrate.Submission) { sub.Filesets = nil }, vod.Unusable},
		"unknown profile":    {func(sub *orchestrate.Submission) { sub.Profile = "nope" }, vod.Unusable},
		"unknown version":    {func(sub *orchestrate.Submission) { sub.ProfileVersion = 7 }, vod.Unusable},
	}
	for name, test := range tests {
		sub := clip()
		test.change(&sub)
		_, err := s.Submit(t.Context(), as(tenant), sub, nil)
		if vod.CodeOf(err) != test.code {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Preview(t.Context(), as(tenant), sub); vod.CodeOf(err) != test.code {
			t.Errorf("dry run, %s: %v", name, err)
		}
	}
	s.equal("woken", s.woken, []string(nil))
}

func TestSubmitAgain(t *testing.T) {
	t.Parallel()
	s := newService(t)
	key := &orchestrate.RequestKey{Key: "k", BodyHash: "h"}
	first, err := s.Submit(t.Context(), as(tenant), clip(), key)
	s.ok(err)
	again, err := s.Submit(t.Context(), as(tenant), clip(), key)
	s.ok(err)
	s.equal("id", again, first)
	s.equal("woken", s.woken, []string{first})
	_, err = s.Submit(t.Context(), as(tenant), clip(), &orchestrate.RequestKey{Key: "k", BodyHash: "other"})
	s.refused(err, vod.Unusable)
	other, err := s.Submit(t.Context(), as("other"), clip(), key)
	s.ok(err)
	if other == first {
		t.Error("two tenants share a key")
	}
}

func TestPreview(t *testing.T) {
	t.Parallel()
	s := newService(t)
	sum := "d41d8cd98f00b204e9800998ecf8427e"
	withSum := clip()
	withSum.Filesets[0].Files[0].MD5Sum = &sum
	otherSum, force := clip(), clip()
	zeros := strings.Repeat("0", 32)
	otherSum.Filesets[0].Files[0].MD5Sum, force.Force = &zeros, true

	preview := func(sub orchestrate.Submission) orchestrate.Preview {
		t.Helper()
		p, err := s.Preview(t.Context(), as(tenant), sub)
		s.ok(err)
		return p
	}
	p := preview(withSum)
	s.equal("notes before anything ran", p.Notes, []string(nil))
	var states []string
	for _, v := range p.Steps {
		states = append(states, v.Type+" "+v.State)
	}
	s.equal("steps", states, []string{
		"vimond_file_retriever ready", "FFMPEG waiting", "WEBVTT waiting", "CMAF waiting", "COPY waiting", "URL_REWRITE waiting", "CATALOG waiting",
	})
	earlier := s.submit()
	s.run(earlier)
	for name, test := range map[string]struct {
		sub  orchestrate.Submission
		want string
	}{
		"same sum":  {withSum, "Where the profile says skipOnMD5, this is skipped: ingest " + earlier + " had the same files."},
		"no sum":    {clip(), "Where the profile says skipOnMD5, the files are read and compared with those of ingest " + earlier + "."},
		"other sum": {otherSum, ""},
		"force":     {force, "The work is done even if the files are known (force)."},
	} {
		if got := strings.Join(preview(test.sub).Notes, "\n"); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	page, _, err := s.List(t.Context(), as(tenant), storeFilter())
	s.ok(err)
	s.equal("ingests", len(page), 1)
}
