package s3test_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/via-orchestrate/orchestrate/internal/s3test"
)

// An object is there after a kill.
func TestServer(t *testing.T) {
	t.Parallel()
	s := s3test.Start(t)
	bucket, key := aws.String(s.Bucket(t)), aws.String("a/b.txt")
	if _, err := s.Client().PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key, Body: strings.NewReader("text")}); err != nil {
		t.Fatal(err)
	}
	s.Kill()
	if keys := s.Keys(t, *bucket); !slices.Equal(keys, []string{"a/b.txt"}) {
		t.Errorf("objects: %q", keys)
	}
	get := &s3.GetObjectInput{Bucket: bucket, Key: key}
	if _, err := s.Client().GetObject(t.Context(), get); err == nil {
		t.Error("a killed server answers")
	}
	s.Restart(t)
	out, err := s.Client().GetObject(t.Context(), get)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(out.Body)
	if err != nil || string(text) != "text" {
		t.Errorf("read %q: %v", text, err)
	}
}
