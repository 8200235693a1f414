package retrieval_test

import (
	"fmt"
	"testing"

	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/retrieval"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func earlier(t *testing.T, data []byte) *step.Earlier {
	t.Helper()
	md5sum := sum(data)
	retrieved := []vod.Fileset{{
		Files:    []vod.File{{MediaType: vod.MediaVideo, URI: "file:///store/earlier.mp4", MD5Sum: &md5sum}},
		Location: &vod.Location{Name: "store"},
		Labels:   []string{"oldLabel", vod.KindHLS, vod.LabelSkippedUpload},
	}}
	digest, ok := retrieval.Digest(retrieved)
	if !ok {
		t.Fatal("no digest")
	}
	return &step.Earlier{IngestID: "e", Digest: digest, Retrieved: retrieved}
}

func TestSkipKnownBeforehand(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := []byte("data")
	s := serve(t, data, nil)
	b.job.Earlier = earlier(t, data)
	in := input(s.URL + "/a.mp4")
	md5sum := sum(data)
	in[0].Files[0].MD5Sum = &md5sum
	r, err := b.run(t, in)
	if err != nil || !r.SkipIngest || r.Outputs != nil || s.count() != 0 || r.Report.Reused != b.job.Earlier.IngestID {
		t.Fatalf("%+v, %v, %d requests", r, err, s.count())
	}
	b.wantNothing(t)
}

func TestSkipAfterReading(t *testing.T) {
	t.Parallel()
	b := setup(t)
	data := []byte("data")
	s := serve(t, data, nil)
	b.job.Earlier = earlier(t, data)
	r, err := b.run(t, input(s.URL+"/a.mp4"))
	if err != nil || !r.SkipIngest || r.Digest != b.job.Earlier.Digest || s.count() != 1 || r.Report.Reused != b.job.Earlier.IngestID {
		t.Fatalf("%+v, %v, %d requests", r, err, s.count())
	}
	if out := r.Outputs[0]; fmt.Sprint(out.Labels) != "[retrieved HLS skippedUpload]" || out.Files[0].URI != "file:///store/earlier.mp4" {
		t.Fatalf("outputs are %+v", r.Outputs)
	}
	if got := fmt.Sprint(b.job.Earlier.Retrieved[0].Labels); got != "[oldLabel HLS skippedUpload]" {
		t.Fatalf("the earlier filesets were changed: %s", got)
	}
	b.wantNothing(t)
}

func TestNoSkip(t *testing.T) {
	t.Parallel()
	data := []byte("data")
	for name, change := range map[string]func(b *bundle){
		"other bytes":  func(b *bundle) { b.job.Earlier = earlier(t, []byte("other")) },
		"none earlier": func(*bundle) {},
		"not configured": func(b *bundle) {
			b.job.Earlier = earlier(t, data)
			b.job.Profile = []byte(`{"targetLocation":{"name":"store"}}`)
		},
	} {
		b := setup(t)
		s := serve(t, data, nil)
		change(&b)
		r, err := b.run(t, input(s.URL+"/a.mp4"))
		b.wantBytes(t, r, err, data)
		if r.SkipIngest || r.Digest == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	file := func(mediaType, language, data string) vod.File {
		md5sum := sum([]byte(data))
		f := vod.File{MediaType: mediaType, MD5Sum: &md5sum}
		if language != "" {
			f.Language = &language
		}
		return f
	}
	a, b := file("VIDEO", "", "a"), file("AUDIO", "en", "b")
	set := func(files ...vod.File) []vod.Fileset { return []vod.Fileset{{Files: files}} }
	digest := func(fs []vod.Fileset) string {
		d, ok := retrieval.Digest(fs)
		if !ok {
			t.Fatal("no digest")
		}
		return d
	}
	want := digest(set(a, b))
	for name, same := range map[string][]vod.Fileset{
		"order": set(b, a), "grouping": {{Files: []vod.File{b}}, {Files: []vod.File{a}}}, "twice": set(a, b, a),
		"case of language": set(a, file("AUDIO", "EN", "b")),
	} {
		if digest(same) != want {
			t.Errorf("%s changes the digest", name)
		}
	}
	for name, other := range map[string][]vod.Fileset{
		"fewer": set(a), "bytes": set(a, file("AUDIO", "en", "c")), "language": set(a, file("AUDIO", "no", "b")),
		"unknown language": set(a, file("AUDIO", "", "b")), "type": set(a, file("SUBTITLE", "en", "b")),
	} {
		if digest(other) == want {
			t.Errorf("%s does not change the digest", name)
		}
	}
	for name, fs := range map[string][]vod.Fileset{"nothing": nil, "no md5sum": set(a, vod.File{MediaType: "VIDEO"})} {
		if _, ok := retrieval.Digest(fs); ok {
			t.Errorf("%s has a digest", name)
		}
	}
}
