package location_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestManyFiles: more than a page of a listing has.
func TestManyFiles(t *testing.T) {
	t.Parallel()
	s, server, bucket := bucketSite(t)
	job := s.job(t, "acme")
	files := map[string]string{}
	for i := range 2100 {
		files[fmt.Sprintf("video/seg_%05d.m4s", i)] = "x"
	}
	f := s.folder(t, job, "store", files)
	if !s.set.Exists(t.Context(), "acme", filesetOf(f.URI("video/seg_00000.m4s"))) {
		t.Error("it does not exist")
	}
	s.remove(t, f.URI("video/seg_02050.m4s"))
	if s.set.Exists(t.Context(), "acme", filesetOf(f.URI("video/seg_00000.m4s"))) {
		t.Error("one of the last page is missing unseen")
	}
	if err := s.set.RemoveIngest(t.Context(), "acme", job.IngestID, ""); err != nil {
		t.Fatal(err)
	}
	if left := server.Keys(t, bucket); len(left) != 0 {
		t.Errorf("%d objects are left", len(left))
	}
}

// TestManyIngests has the sweeper's walk page through folders.
func TestManyIngests(t *testing.T) {
	t.Parallel()
	s, server, bucket := bucketSite(t)
	const n = 1100
	for range n {
		path := server.Path(bucket, fmt.Sprintf("store/acme/%s/%s/1/inventory.json", uuid.NewString(), uuid.NewString()))
		write(t, path, `{"files":[]}`)
	}
	seen := 0
	for _, err := range s.set.Attempts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		seen++
	}
	if seen != n {
		t.Errorf("%d attempts of %d", seen, n)
	}
}

func TestResolveS3(t *testing.T) {
	t.Parallel()
	allowed := vod.Location{
		Name: "archive", Type: vod.LocationS3, S3Arn: "arn:aws:s3:::films/acme", Endpoint: "https://s3.example.com", Region: "eu-north-1", IAMRoleArn: "arn:aws:iam::1:role/m",
	}
	media := vod.Location{Name: "media", Type: vod.LocationS3, S3Arn: "arn:aws:s3:::media/vod"}
	set, err := location.New(location.Config{
		Named:   map[string]vod.Location{"archive": allowed, "media": media},
		Tenants: map[string][]string{"archive": {"acme"}}, Media: "s3://media/vod",
		Buckets: map[string][]vod.Location{"acme": {allowed}},
	})
	if err != nil {
		t.Fatal(err)
	}
	inline := func(arn string, change func(*vod.Location)) vod.Location {
		loc := vod.Location{Name: "x", Type: vod.LocationS3, S3Arn: "arn:aws:s3:::" + arn}
		if change != nil {
			change(&loc)
		}
		return loc
	}
	for _, c := range []struct {
		name, tenant string
		loc          vod.Location
		fault        string
	}{
		{"by name", "acme", vod.Location{Name: "archive"}, ""},
		{"the same", "acme", inline("films/acme", nil), ""},
		{"below", "acme", inline("films/acme/2026/a", nil), ""},
		{"equal endpoint", "acme", inline("films/acme", func(l *vod.Location) { l.Endpoint = allowed.Endpoint + "/" }), ""},
		{"another tenant", "b", inline("films/acme", nil), "may not use s3://films/acme"},
		{"star", "*", inline("films/acme", nil), "may not use"},
		{"by name of another tenant", "b", vod.Location{Name: "archive"}, `no location named "archive"`},
		{"beside", "acme", inline("films/acmes", nil), "may not use"},
		{"above", "acme", inline("films", nil), "may not use"},
		{"other bucket", "acme", inline("film/acme", nil), "may not use"},
		{"dots", "acme", inline("films/acme/../b", nil), "does not name a bucket"},
		{"no ARN", "acme", vod.Location{Name: "x", Type: vod.LocationS3, S3Arn: "films"}, "does not name a bucket"},
		{"too deep", "acme", inline("films/acme/a/b/c/d/e", nil), "more than 4 folders"},
		{"in an ingest", "acme", inline("films/acme/"+uuid.NewString(), nil), "folder of an ingest"},
		{"in media", "acme", inline("media/vod/a", nil), `location named "media"`},
		{"other endpoint", "acme", inline("films/acme", func(l *vod.Location) { l.Endpoint = "https://evil.example.com" }), "its endpoint is not that"},
		{"other region", "acme", inline("films/acme", func(l *vod.Location) { l.Region = "us-east-1" }), "its region is not that"},
		{"other role", "acme", inline("films/acme", func(l *vod.Location) { l.IAMRoleArn = "arn:aws:iam::1:role/admin" }), "its iamRoleArn is not that"},
	} {
		got, err := set.Resolve(c.tenant, c.loc)
		if c.fault == "" && (err != nil || got.Endpoint != allowed.Endpoint || got.Region != allowed.Region || got.IAMRoleArn != allowed.IAMRoleArn) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
		if c.fault != "" && (vod.CodeOf(err) != vod.Unusable || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.fault)
		}
	}
	elsewhere := allowed
	elsewhere.Name, elsewhere.Endpoint = "b", "https://other.example.com"
	if _, err := location.New(location.Config{Named: map[string]vod.Location{"archive": allowed, "b": elsewhere}}); err == nil {
		t.Error("one bucket at two endpoints is accepted")
	}
	within := vod.Location{Name: "b", Type: vod.LocationS3, S3Arn: "arn:aws:s3:::media/vod/b"}
	if _, err := location.New(location.Config{Named: map[string]vod.Location{"media": media, "b": within}, Media: "s3://media/vod"}); err == nil {
		t.Error("a location within the served one is accepted")
	}
}
