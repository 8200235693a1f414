package retrieval_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
	"github.com/via-orchestrate/orchestrate/internal/step/retrieval"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// inBucket is a bundle whose tenant may read what is below films in a bucket, and
// whose target is below store.
func inBucket(t *testing.T) (b bundle, server *s3test.Server, bucket string) {
	t.Helper()
	b, server = setup(t), s3test.Start(t)
	bucket = server.Bucket(t)
	at := func(name string) vod.Location {
		return vod.Location{Name: name, Type: vod.LocationS3, S3Arn: "arn:aws:s3:::" + bucket + "/" + name, Endpoint: server.Endpoint, Region: server.Region}
	}
	set, err := location.New(location.Config{
		Named:   map[string]vod.Location{"store": at("store")},
		Buckets: map[string][]vod.Location{"acme": {at("films")}},
		Objects: objectstore.New(objectstore.Options{Credentials: credentials.NewStaticCredentialsProvider(server.AccessKey, server.SecretKey, "")}),
	})
	if err != nil {
		t.Fatal(err)
	}
	b.set, b.runner = set, retrieval.New(retrieval.Config{Locations: set})
	b.job.Scratch = t.TempDir()
	return b, server, bucket
}

func TestObject(t *testing.T) {
	t.Parallel()
	b, server, bucket := inBucket(t)
	data := randomBytes(9 << 20)
	if _, err := server.Client().PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("films/a b.mp4"), Body: bytes.NewReader(data)}); err != nil {
		t.Fatal(err)
	}
	var reserved int64
	b.job.Reserve = func(bytes int64) error { reserved += bytes; return nil }
	r, err := b.run(t, input("s3://"+bucket+"/films/a%20b.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	if f := r.Outputs[0].Files[0]; f.MD5Sum == nil || *f.MD5Sum != sum(data) || !b.set.Exists(t.Context(), "acme", r.Outputs) {
		t.Errorf("output is %+v", f)
	}
	if reserved != int64(len(data)) {
		t.Errorf("%d bytes were reserved", reserved)
	}
	full := &vod.StepError{Class: vod.ClassInfra, Reason: vod.ReasonDiskFull, Message: "No room."}
	b.job.Reserve = func(int64) error { return full }
	if _, err := b.run(t, input("s3://"+bucket+"/films/a%20b.mp4")); !errors.Is(err, full) {
		t.Errorf("without room: %v", err)
	}
}

func TestObjectRefused(t *testing.T) {
	t.Parallel()
	b, server, bucket := inBucket(t)
	for uri, want := range map[string]struct {
		class  vod.Class
		reason vod.Reason
	}{
		"s3://" + bucket + "/films/none.mp4": {vod.ClassMedia, vod.ReasonSourceMissing},
		"s3://" + bucket + "/store/a.mp4":    {vod.ClassConfig, vod.ReasonForbidden},
		"s3://elsewhere/films/a.mp4":         {vod.ClassConfig, vod.ReasonForbidden},
		"s3://b":                             {vod.ClassConfig, vod.ReasonConfig},
	} {
		_, err := b.run(t, input(uri))
		if se := vod.AsStepError(err); err == nil || se.Class != want.class || se.Reason != want.reason {
			t.Errorf("%s: %s %s, %v", uri, se.Class, se.Reason, err)
		}
	}
	if keys := server.Keys(t, bucket); len(keys) != 0 {
		t.Errorf("left behind: %s", fmt.Sprint(keys))
	}
}
