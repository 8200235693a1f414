package httpd

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func TestSubmit(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	got := s.send(t, "POST", "/ingests", `{"assetId":"7","uri":"https://example.com/a.mp4","md5sum":null,"language":"nb"}`,
		"Content-Type", "application/json; charset=utf-8")
	got.is(t, 202, `{"ingestId":"11111111-2222-3333-4444-555555555555","detailsUrl":"/ingests/11111111-2222-3333-4444-555555555555"}`)
	if l := got.Header.Get("Location"); l != "/ingests/11111111-2222-3333-4444-555555555555" {
		t.Errorf("Location %q", l)
	}
	s.send(t, "POST", "/ingests", `{"assetId":"7","profile":"p","profileVersionId":3,"force":true,"filesets":[`+
		`{"files":[{"uri":"file:///a.mp4","mediaType":"VIDEO","md5sum":"0123456789abcdef0123456789abcdef"},{"uri":"file:///a.srt","mediaType":"SUBTITLE"}]}]}`).is(t, 202)
	nb, sum := "nb", "0123456789abcdef0123456789abcdef"
	want := []orchestrate.Submission{
		{AssetID: "7", Filesets: []vod.Fileset{{Files: []vod.File{{MediaType: "VIDEO", Language: &nb, URI: "https://example.com/a.mp4"}}}}},
		{AssetID: "7", Profile: "p", ProfileVersion: 3, Force: true, Filesets: []vod.Fileset{{Files: []vod.File{
			{MediaType: "VIDEO", URI: "file:///a.mp4", MD5Sum: &sum}, {MediaType: "SUBTITLE", URI: "file:///a.srt"},
		}}}},
	}
	if diff := cmp.Diff(want, s.submitted); diff != "" {
		t.Error(diff)
	}
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	s.send(t, "POST", "/ingests?dryRun=true", `{"assetId":"7","uri":"https://example.com/a.mp4"}`).is(t, 200,
		`{"profile":"default","profileVersionId":1619086864969,"steps":[{"step":2,`, `"notes":["asset 7"]`)
	if len(s.submitted) != 0 {
		t.Error("a dry run submitted")
	}
	s.send(t, "POST", "/ingests?dryRun=yes", `{"assetId":"7","uri":"https://example.com/a.mp4"}`).is(t, 400, "dryRun", "true or false")
}

// The key goes with a hash that spaces and the order of keys do not change.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	s.send(t, "POST", "/ingests", `{"assetId":"7","uri":"https://example.com/a.mp4"}`, "Idempotency-Key", "k1").is(t, 202)
	s.send(t, "POST", "/ingests", ` { "uri":"https://example.com/a.mp4", "assetId":"7"}`, "Idempotency-Key", "k1").is(t, 202)
	s.send(t, "POST", "/ingests", `{"assetId":"8","uri":"https://example.com/a.mp4"}`, "Idempotency-Key", "k1").is(t, 422, `"code":"unusable"`)
	s.send(t, "POST", "/ingests", `{"assetId":"8","uri":"https://example.com/a.mp4"}`, "Idempotency-Key", "k 1").is(t, 400, "Idempotency-Key")
	s.send(t, "POST", "/ingests", `{"assetId":"8","uri":"https://example.com/a.mp4"}`, "Idempotency-Key", "a", "Idempotency-Key", "b").is(t, 400,
		"Idempotency-Key may be given only once")
}

func TestBadSubmissions(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	for body, problem := range map[string]string{
		`{"assetId":"7"}`:               "Give uri",
		`{"assetId":"7","filesets":[]}`: "Give uri",
		`{"assetId":"7","uri":"a","filesets":[{"files":[{"uri":"b"}]}]}`:    "not both",
		`{"assetId":"7","filesets":[{"files":[{"uri":"b"}]}],"md5sum":"a"}`: "not both",
		`{"assetId":7,"uri":"a"}`:                                          "/assetId has a value of the wrong type",
		`{"assetId":"7","uri":"a","profil":"x"}`:                           "/profil is not known here",
		`{"assetId":"7","URI":"a"}`:                                        "/URI is not known here",
		`{"assetId":"7","uri":"a","uri":"b"}`:                              "/uri is given twice",
		`{"assetId":"7","filesets":[{"files":[{"uri":"b","label":"x"}]}]}`: "/filesets/0/files/0/label is not known here",
		`{"assetId":"7","uri":"a"} {}`:                                     "not JSON from byte",
		`{"assetId":"7","uri":"a"`:                                         "not JSON from byte",
		`[]`:                                                               "The body has a value of the wrong type",
		`nonsense`:                                                         "not JSON",
		``:                                                                 "needs a body",
	} {
		s.send(t, "POST", "/ingests", body).is(t, 400, problem)
	}
	if len(s.submitted) != 0 {
		t.Errorf("submitted %v", s.submitted)
	}
}

func TestBodyTypesAndLimits(t *testing.T) {
	t.Parallel()
	s := setup(t, withRunning(), nil)
	body := `{"assetId":"7","uri":"a"}`
	for _, contentType := range []string{"text/plain", "application/x-www-form-urlencoded", "application/yaml", "application/jsonp", "nonsense;;"} {
		s.send(t, "POST", "/ingests", body, "Content-Type", contentType).is(t, 415, "application/json")
	}
	s.send(t, "POST", "/ingests", body, "Content-Encoding", "gzip").is(t, 415)
	large := `{"assetId":"7","uri":"` + string(make([]byte, maxBody)) + `"}`
	s.send(t, "POST", "/ingests", large).is(t, 413, "1 MiB")
	s.send(t, "POST", "/ingests", large, "Expect", "100-continue").is(t, 413)
}
