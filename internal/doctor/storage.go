package doctor

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Storage is a place for files that a check writes to and removes from; keys are
// below it.
type Storage interface {
	Put(ctx context.Context, key string, data []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
	List(ctx context.Context, prefix string) (keys []string, err error)
	Remove(ctx context.Context, key string) error
}

// probeFolder is where checks write: no step's attempt has a folder of such a
// name, nor is it served.
const probeFolder = ".doctor/"

// partSize is more than fits into one part of a multipart upload.
const partSize = 17 << 20

// CheckStorage writes, reads, lists and removes a small file, and one that goes
// in several parts.
func CheckStorage(ctx context.Context, name string, s Storage) Finding {
	for _, size := range []int{1 << 10, partSize} {
		if err := roundTrip(ctx, s, size); err != nil {
			return failed(name, err, "check the bucket's name, the keys (AWS_ACCESS_KEY_ID and others, or the role) and their policy: "+
				"GetObject, PutObject, DeleteObject, ListBucket, AbortMultipartUpload")
		}
	}
	return Finding{name, OK, "written, read, listed and removed, in one part and in several", ""}
}

func roundTrip(ctx context.Context, s Storage, size int) (err error) {
	key, data := probeFolder+rand.Text(), bytes.Repeat([]byte("orchestrate doctor\n"), size/19+1)
	if err := s.Put(ctx, key, data); err != nil {
		return fmt.Errorf("cannot write %d bytes: %w", len(data), err)
	}
	defer func() {
		if removeErr := s.Remove(context.WithoutCancel(ctx), key); removeErr != nil {
			err = errors.Join(err, fmt.Errorf("cannot remove %s: %w", key, removeErr))
		}
	}()
	got, err := s.Get(ctx, key)
	switch {
	case err != nil:
		return fmt.Errorf("cannot read what was written: %w", err)
	case !bytes.Equal(got, data):
		return fmt.Errorf("what was read is not what was written: %d of %d bytes", len(got), len(data))
	}
	keys, err := s.List(ctx, probeFolder)
	switch {
	case err != nil:
		return fmt.Errorf("cannot list: %w", err)
	case !strings.Contains(strings.Join(keys, "\n"), key):
		return errors.New("what was written is not in the list")
	}
	return nil
}

// CheckMedia puts a small file into the media root, and asks for it as players
// do, below the public address.
func CheckMedia(ctx context.Context, client *http.Client, publicURL string, s Storage) Finding {
	const name = "media at public-url"
	folder := make([]byte, 16)
	_, _ = rand.Read(folder) // It never fails.
	key := fmt.Sprintf("%x/doctor.vtt", folder)
	text := []byte("WEBVTT\n")
	if err := s.Put(ctx, key, text); err != nil {
		return failed(name, fmt.Errorf("cannot write to the media root: %w", err), "")
	}
	defer func() { _ = s.Remove(context.WithoutCancel(ctx), key) }()
	got, err := fetch(ctx, client, publicURL+"/media/"+key)
	switch {
	case err != nil:
		return Finding{name, Warning, err.Error(), "start the server, or name with --public-url how players reach it"}
	case !bytes.Equal(got, text):
		return Finding{name, Problem, publicURL + "/media/ does not serve this media root", "give every server the same --media-root, and lead --public-url to one of them"}
	}
	return Finding{name, OK, publicURL + "/media/ serves the media root", ""}
}

func fetch(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("nobody answers there: %w", errors.Unwrap(err)) // The address would be a key.
	}
	defer resp.Body.Close()
	return io.ReadAll(io.LimitReader(resp.Body, 1<<10))
}
