package step_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/check"
	"github.com/via-orchestrate/orchestrate/internal/check/fetch"
	"github.com/via-orchestrate/orchestrate/internal/ffmpeg"
	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/mediahttp"
	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
	"github.com/via-orchestrate/orchestrate/internal/step"
	"github.com/via-orchestrate/orchestrate/internal/step/distribution"
	"github.com/via-orchestrate/orchestrate/internal/step/encoding"
	"github.com/via-orchestrate/orchestrate/internal/step/packaging"
	"github.com/via-orchestrate/orchestrate/internal/step/retrieval"
	"github.com/via-orchestrate/orchestrate/internal/step/subtitles"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const mediaKey = "0123456789abcdef0123456789abcdef"

// world is a pipeline whose every location is in one bucket. Each attempt has a
// scratch folder of its own, as on another machine.
type world struct {
	t      *testing.T
	set    *location.Set
	tools  *ffmpeg.Tools
	server *s3test.Server
	bucket string
	asset  *step.Published
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, server: s3test.Start(t)}
	w.bucket = w.server.Bucket(t)
	at := func(name string) vod.Location {
		return vod.Location{
			Name: name, Type: vod.LocationS3, S3Arn: "arn:aws:s3:::" + w.bucket + "/" + name, Endpoint: w.server.Endpoint, Region: w.server.Region,
		}
	}
	public := vod.Location{Name: "public", Type: vod.LocationWeb, BaseURL: "https://vod.example.com/media"}
	var err error
	w.set, err = location.New(location.Config{
		Named:   map[string]vod.Location{"store": at("store"), "media": at("media"), "public": public},
		Media:   "s3://" + w.bucket + "/media",
		Buckets: map[string][]vod.Location{"acme": {at("films")}},
		Objects: objectstore.New(objectstore.Options{Credentials: credentials.NewStaticCredentialsProvider(w.server.AccessKey, w.server.SecretKey, "")}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if w.tools, err = ffmpeg.New(ffmpeg.Config{}); err != nil {
		t.Fatal(err)
	}
	return w
}

// upload puts a source where the tenant keeps such.
func (w *world) upload(path string) (uri string) {
	w.t.Helper()
	file, err := os.Open(path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer file.Close()
	key := "films/" + filepath.Base(path)
	if _, err := w.server.Client().PutObject(w.t.Context(), &s3.PutObjectInput{Bucket: &w.bucket, Key: &key, Body: file}); err != nil {
		w.t.Fatal(err)
	}
	return "s3://" + w.bucket + "/" + key
}

// run is an attempt of a step, which keeps to what it said that it needs.
func (w *world) run(r step.Runner, label, profile string, inputs []vod.Fileset) []vod.Fileset {
	w.t.Helper()
	job := step.Job{
		Tenant: "acme", AssetID: "1", IngestID: uuid.NewString(), TaskID: uuid.NewString(), Attempt: 1, MediaKey: mediaKey,
		Inputs: inputs, Profile: json.RawMessage(profile), LabelOut: label, Published: w.asset,
		Scratch: filepath.Join(w.t.TempDir(), "scratch"), Progress: func(float64) {}, Trace: func([]string, string) {},
		Log: slog.New(slog.DiscardHandler),
	}
	var reserved int64
	if e, ok := r.(step.Estimator); ok {
		var err error
		if reserved, err = e.Needs(w.t.Context(), job); err != nil {
			w.t.Fatal(err)
		}
	}
	job.Reserve = func(bytes int64) error { reserved += bytes; return nil }
	result, err := r.Run(w.t.Context(), job)
	if err != nil {
		w.t.Fatalf("%s: %v", label, err)
	}
	if used := size(w.t, job.Scratch); used > reserved*3/2+1<<20 {
		w.t.Errorf("%s used %d bytes of scratch and reserved %d", label, used, reserved)
	}
	if !w.set.Exists(w.t.Context(), "acme", result.Outputs) {
		w.t.Errorf("%s: what it put out does not exist", label)
	}
	return result.Outputs
}

// size is that of all files in a folder.
func size(t *testing.T, folder string) (total int64) {
	t.Helper()
	err := filepath.WalkDir(folder, func(_ string, d os.DirEntry, err error) error {
		if os.IsNotExist(err) || err == nil && d.IsDir() {
			return nil
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return total
}

// playable checks a presentation as a player gets it from the server.
func (w *world) playable(published string) {
	w.t.Helper()
	media := mediahttp.Handler(mediahttp.Bucket(w.server.Client(), w.bucket, "media/", slog.New(slog.DiscardHandler)))
	s := httptest.NewServer(http.StripPrefix("/x", media))
	defer s.Close()
	address := strings.Replace(published, "https://vod.example.com/media/", s.URL+"/x/media/", 1)
	report, err := check.Run(w.t.Context(), check.Options{
		Source: &fetch.Web{Client: s.Client()}, Manifests: []string{address}, Tools: w.tools, Scratch: w.t.TempDir(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Severity == check.Error {
			w.t.Errorf("%s: %s %s: %s", published, f.Rule, f.Where, f.Message)
		}
	}
}

// TestPipelineInABucket takes a film from one bucket to where players get it,
// and adds subtitles to it later.
func TestPipelineInABucket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	film := filepath.Join(t.TempDir(), "film one.mp4")
	make := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=6",
		"-f", "lavfi", "-i", "sine=d=6", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", film)
	if text, err := make.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	words := filepath.Join(t.TempDir(), "film.en.srt")
	if err := os.WriteFile(words, []byte("1\n00:00:01,000 --> 00:00:03,000\nHello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fetched := w.run(retrieval.New(retrieval.Config{Locations: w.set}), "retrieved",
		`{"name":"r","type":"vimond_file_retriever","targetLocation":{"name":"store"}}`, []vod.Fileset{{
			Files: []vod.File{{MediaType: vod.MediaVideo, URI: strings.ReplaceAll(w.upload(film), " ", "%20")}},
		}})
	encoded := w.run(encoding.New(w.tools, w.set), "encoded", `{"name":"e","type":"FFMPEG","targetLocation":{"name":"store"}}`, fetched)
	publish := func(inputs []vod.Fileset) []vod.Fileset {
		packaged := w.run(packaging.New(w.tools, w.set, nil), "packaged", `{"name":"p","type":"CMAF","targetLocation":{"name":"store"}}`, inputs)
		copied := w.run(distribution.NewCopy(w.set), "distributed", `{"name":"c","type":"COPY","targetLocation":{"name":"media"}}`, packaged)
		rewritten := w.run(distribution.NewRewrite(w.set), "published", `{"name":"u","type":"URL_REWRITE","targetLocation":{"name":"public"}}`, copied)
		for _, set := range rewritten {
			w.playable(set.Files[0].URI)
		}
		return packaged
	}
	packaged := publish(encoded)
	w.asset = &step.Published{IngestID: uuid.NewString(), Packaged: packaged}
	late := w.run(retrieval.New(retrieval.Config{Locations: w.set}), "retrieved",
		`{"name":"r","type":"vimond_file_retriever","targetLocation":{"name":"store"}}`, []vod.Fileset{{
			Files: []vod.File{{MediaType: vod.MediaSubtitle, URI: w.upload(words)}},
		}})
	texts := w.run(subtitles.New(w.tools, w.set), "subtitles", `{"name":"s","type":"WEBVTT","targetLocation":{"name":"store"}}`, late)
	again := publish(texts)
	path, err := w.set.Local(t.Context(), step.Job{Tenant: "acme", Scratch: t.TempDir()}, again[0].Files[0].URI)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), "TYPE=SUBTITLES") || !strings.Contains(string(text), "video_") {
		t.Errorf("after the subtitles: %v\n%s", err, text)
	}
}
