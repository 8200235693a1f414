package client

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"time"
)

const (
	tusVersion = "1.0.0"
	// chunk is the most that one PATCH carries, in bytes: what a cut between
	// this and a server behind a buffering proxy costs at most.
	chunk = 64 << 20
	// uploadTries is how often in a row an upload may come no further.
	uploadTries = 8
)

// Upload sends a file to the server and gives the address to submit it with,
// "upload:" and an id. It speaks tus 1.0 (https://tus.io/protocols/resumable-upload)
// and goes on from where it stood when the connection is cut or the server
// restarts.
//
// name is the file's name, without folders; size its length in bytes. progress,
// unless nil, is told the bytes sent so far, by one goroutine at a time; after
// a cut the number can fall.
func (c *Client) Upload(ctx context.Context, name string, file io.ReadSeeker, size int64, progress func(int64)) (string, error) {
	if progress == nil {
		progress = func(int64) {}
	}
	id, err := c.uploadCreate(ctx, name, size)
	if err != nil {
		return "", fmt.Errorf("begin the upload of %s: %w", name, err)
	}
	u := &upload{client: c, address: c.base.JoinPath("uploads", id).String(), file: file, size: size, progress: progress}
	if err := u.run(ctx); err != nil {
		return "", fmt.Errorf("upload %s: %w", name, err)
	}
	return "upload:" + id, nil
}

// uploadCreate begins an upload and gives its id. The token goes to this
// server only, so of Location nothing but the last segment counts.
func (c *Client) uploadCreate(ctx context.Context, name string, size int64) (string, error) {
	req, err := c.tusRequest(ctx, http.MethodPost, c.base.JoinPath("uploads").String(), http.NoBody)
	if err != nil {
		return "", err
	}
	req.Header.Set("Upload-Length", strconv.FormatInt(size, 10))
	req.Header.Set("Upload-Metadata", "filename "+base64.StdEncoding.EncodeToString([]byte(name)))
	resp, err := retrying{c.http}.Do(req)
	if err := done(resp, err); err != nil {
		return "", err
	}
	location, err := url.Parse(resp.Header.Get("Location"))
	if err != nil {
		return "", fmt.Errorf("the answer's Location is not an address: %w", err)
	}
	id := path.Base(location.Path)
	if id == "." || id == ".." || id == "/" {
		return "", fmt.Errorf("the answer has no Location")
	}
	return id, nil
}

func (c *Client) tusRequest(ctx context.Context, method, address string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Tus-Resumable", tusVersion)
	return req, c.edit(ctx, req)
}

// upload is one upload under way.
type upload struct {
	client   *Client
	address  string
	file     io.ReadSeeker
	size     int64
	offset   int64 // what the server has
	progress func(int64)
}

// run sends chunk after chunk. After a failure that may pass it asks how much
// has arrived, and goes on from there.
func (u *upload) run(ctx context.Context) error {
	wait := pauses()
	for stuck := 0; u.offset < u.size; {
		before := u.offset
		err := u.send(ctx)
		if err == nil {
			stuck = 0
			wait.Reset()
			continue
		}
		for err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if stuck++; stuck >= uploadTries || !passing(err) {
				return err
			}
			if cut := pause(ctx, wait.NextBackOff()); cut != nil {
				return cut
			}
			err = u.ask(ctx)
		}
		if u.offset > before {
			stuck = 0
			wait.Reset()
		}
	}
	return nil
}

// send carries one chunk over.
func (u *upload) send(ctx context.Context) error {
	if _, err := u.file.Seek(u.offset, io.SeekStart); err != nil {
		return &fileError{err}
	}
	length := min(u.size-u.offset, chunk)
	body := &counted{file: u.file, left: length, sent: u.offset, progress: u.progress}
	req, err := u.client.tusRequest(ctx, http.MethodPatch, u.address, body)
	if err != nil {
		return err
	}
	req.ContentLength = length
	req.Header.Set("Content-Type", "application/offset+octet-stream")
	req.Header.Set("Upload-Offset", strconv.FormatInt(u.offset, 10))
	resp, err := u.client.http.Do(req)
	// The transport may still be reading when it has returned.
	if failed := body.stop(); failed != nil {
		if err == nil {
			_ = resp.Body.Close()
		}
		return failed
	}
	return u.accept(resp, err)
}

// ask learns how much has arrived.
func (u *upload) ask(ctx context.Context) error {
	req, err := u.client.tusRequest(ctx, http.MethodHead, u.address, http.NoBody)
	if err != nil {
		return err
	}
	return u.accept(u.client.http.Do(req))
}

// accept takes over the offset that an answer tells.
func (u *upload) accept(resp *http.Response, err error) error {
	if err := done(resp, err); err != nil {
		return err
	}
	offset, err := strconv.ParseInt(resp.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 || offset > u.size {
		return fmt.Errorf("the answer's Upload-Offset %q is not one of this upload", resp.Header.Get("Upload-Offset"))
	}
	u.offset = offset
	u.progress(offset)
	return nil
}

// pause waits, or gives the context's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
