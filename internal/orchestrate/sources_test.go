package orchestrate_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/orchestrate"
	"github.com/via-orchestrate/orchestrate/internal/store"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func storeFilter() store.IngestFilter { return store.IngestFilter{Tenant: tenant, Limit: 500} }

func TestSourceAddresses(t *testing.T) {
	t.Parallel()
	s := newService(t)
	tests := []struct{ uri, problem string }{
		{"https://example.com/a.mp4", ""},
		{"http://example.com:8080/a%20b.mp4", ""},
		{"https://example.com/a.mp4?sig=1", ""},
		{"file:///media/a%23b.mp4", ""},
		{"file://localhost/a.mp4", ""},
		{"upload:0123456789abcdef0123456789abcdef", ""},
		{"", "is missing"},
		{"clip.mp4", "must be an http:, https:, s3:, file: or upload: address"},
		{"ftp://example.com/a.mp4", "must be an http:, https:, s3:, file: or upload: address"},
		{"concat:a|b", "must be an http:, https:, s3:, file: or upload: address"},
		{"s3://bucket/films/a%20b.mp4", ""},
		{"s3://bucket", "must be s3: with a bucket and a key"},
		{"s3:///a.mp4", "must be s3: with a bucket and a key"},
		{"s3://bucket:9000/a.mp4", "must be s3: with a bucket and a key"},
		{"s3://bucket/a.mp4?versionId=1", "must be s3: with a bucket and a key"},
		{"https://user:hunter2@example.com/a.mp4", "must not hold a user name or password"},
		{"https://user@example.com/a.mp4", "must not hold a user name or password"},
		{"https:///a.mp4", "has no host"},
		{"https:a.mp4", "has no host"},
		{"https://example.com:65535/a.mp4", ""},
		{"https://example.com:/a.mp4", ""},
		{"https://example.com:0/a.mp4", "has a port that is not from 1 to 65535"},
		{"https://example.com:65536/a.mp4", "has a port that is not from 1 to 65535"},
		{"https://[2001:db8::1]:99999999999/a.mp4", "has a port that is not from 1 to 65535"},
		{"https://example.com/a#b.mp4", "must not hold a fragment"},
		{"https://example.com/a.mp4#", "must not hold a fragment"},
		{"https://example.com/a\n.mp4", "is not an address that can be read"},
		{"https://example.com/%zz", "is not an address that can be read"},
		{"file://other/a.mp4", "must be file: with an absolute path"},
		{"file:a.mp4", "must be file: with an absolute path"},
		{"file:///a.mp4?x", "must be file: with an absolute path"},
		{"upload:../../etc/passwd", "must be upload: with the id of an upload"},
		{"upload:0123456789ABCDEF0123456789ABCDEF", "must be upload: with the id of an upload"},
		{"https://example.com/" + strings.Repeat("x", 4096), "must have at most 4096 bytes"},
	}
	for _, test := range tests {
		sub := clip()
		sub.Filesets[0].Files[0].URI = test.uri
		_, err := s.Preview(t.Context(), as(tenant), sub)
		var fault *vod.Fault
		switch {
		case test.problem == "" && err != nil:
			t.Errorf("%q: %v", test.uri, err)
		case test.problem == "":
		case !errors.As(err, &fault) || fault.Code != vod.Unusable || len(fault.Problems) != 1 ||
			fault.Problems[0].Path != "/filesets/0/files/0/uri" || !strings.Contains(fault.Problems[0].Message, test.problem):
			t.Errorf("%q: %+v", test.uri, err)
		case strings.Contains(err.Error(), "hunter2"):
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

// TestEveryProblemOfASubmission: all at once, each with its path.
func TestEveryProblemOfASubmission(t *testing.T) {
	t.Parallel()
	s := newService(t)
	language, sum := "english!", "xyz"
	sub := orchestrate.Submission{AssetID: "1", Filesets: []vod.Fileset{
		{Files: []vod.File{{MediaType: "FILM", Language: &language, URI: "x", MD5Sum: &sum}}},
		{},
	}}
	_, err := s.Submit(t.Context(), as(tenant), sub, nil)
	var fault *vod.Fault
	if !errors.As(err, &fault) {
		t.Fatal(err)
	}
	var paths []string
	for _, p := range fault.Problems {
		paths = append(paths, p.Path)
	}
	file := "/filesets/0/files/0/"
	s.equal("paths", paths, []string{file + "mediaType", file + "language", file + "md5sum", file + "uri", "/filesets/1/files"})

	many := clip()
	for range 1000 {
		many.Filesets[0].Files = append(many.Filesets[0].Files, many.Filesets[0].Files[0])
	}
	_, err = s.Submit(t.Context(), as(tenant), many, nil)
	s.refused(err, vod.Unusable)
}

// TestHiddenQueries: addresses that differ in their queries alone stay apart,
// and the same one is the same.
func TestHiddenQueries(t *testing.T) {
	t.Parallel()
	s := newService(t)
	sub := clip()
	for _, query := range []string{"?a=1", "?a=2", "?a=1", ""} {
		sub.Filesets[0].Files = append(sub.Filesets[0].Files, vod.File{URI: "https://example.com/x" + query})
	}
	id, err := s.Submit(t.Context(), as(tenant), sub, nil)
	s.ok(err)
	s.equal("sources", s.get(id).Ingest.Sources, map[string]string{
		"https://example.com/x?…": "https://example.com/x?a=1", "https://example.com/x?…2": "https://example.com/x?a=2",
	})
}

// TestTooManyFiles: it is one problem, not one for each of them.
func TestTooManyFiles(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, filesets := range [][]vod.Fileset{make([]vod.Fileset, 1001), {{Files: make([]vod.File, 1001)}}} {
		sub := clip()
		sub.Filesets = filesets
		_, err := s.Preview(t.Context(), as(tenant), sub)
		var fault *vod.Fault
		if !errors.As(err, &fault) || fault.Code != vod.Unusable || len(fault.Problems) != 1 || !strings.Contains(err.Error(), "at most 1000 files") {
			t.Errorf("%.200v", err)
		}
	}
}

// TestAssetIDsThatMislead are refused like control characters.
func TestAssetIDsThatMislead(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for _, id := range []string{"a\u202egpj.exe", "a\u2028b", "\u2066a", "a\u200f"} {
		sub := clip()
		sub.AssetID = id
		_, err := s.Preview(t.Context(), as(tenant), sub)
		s.refused(err, vod.Unusable)
	}
}

// TestSubtitlesAlone: for an asset that is there already. Languages may say in
// private words what the subtitles are for (RFC 5646, section 2.2.7).
func TestSubtitlesAlone(t *testing.T) {
	t.Parallel()
	s := newService(t)
	sub := orchestrate.Submission{AssetID: "1", Filesets: []vod.Fileset{{}}}
	for _, language := range []string{"en", "en-x-forced", "pt-BR-x-sdh", "no"} {
		sub.Filesets[0].Files = append(sub.Filesets[0].Files, vod.File{
			MediaType: vod.MediaSubtitle, Language: &language, URI: "https://example.com/" + language + ".srt",
		})
	}
	id, err := s.Submit(t.Context(), as(tenant), sub, nil)
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.Get(t.Context(), as(tenant), id)
	if err != nil {
		t.Fatal(err)
	}
	s.equal("media types", run.Ingest.MediaTypes, []string{vod.MediaSubtitle})
	_, err = s.Submit(t.Context(), as(tenant), orchestrate.Submission{
		AssetID: "1", Filesets: []vod.Fileset{{Files: []vod.File{{MediaType: vod.MediaThumbnails, URI: "https://example.com/t.vtt"}}}},
	}, nil)
	s.refused(err, vod.Unusable) // They only come out.
}
