package upload

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

var idPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)

// info is what `<id>.json` says. It is written once, whole or not at all.
type info struct {
	Tenant   string    `json:"tenant"`
	Length   int64     `json:"length"` // bytes
	Name     string    `json:"name"`   // file name without folders, or empty
	Metadata string    `json:"metadata,omitempty"`
	Created  time.Time `json:"created"`
}

// upload is one upload as it stands on disk.
type upload struct {
	info
	id      string
	offset  int64
	written time.Time // when the last byte arrived, or the whole on the shelf
	shelved bool      // it is on the shelf, and complete
}

func (u upload) expires() time.Time { return u.written.Add(Lifetime) }

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // Never fails; see crypto/rand.
	return hex.EncodeToString(b[:])
}

// add makes an empty upload. The data file comes first, so that an upload that
// is known has one.
func (s *Server) add(in info) (upload, error) {
	id := newID()
	data, err := s.root.OpenFile(id+".data", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return upload{}, err
	}
	if err := data.Close(); err != nil {
		return upload{}, err
	}
	text, err := json.Marshal(in)
	if err != nil {
		return upload{}, err
	}
	if err := s.writeWhole(id+".json", text); err != nil {
		_ = s.root.Remove(id + ".data")
		return upload{}, err
	}
	return s.load(id)
}

// writeWhole writes a file that appears complete or not at all, even when the
// power fails.
func (s *Server) writeWhole(name string, text []byte) error {
	part := name + ".part"
	f, err := s.root.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = s.root.Rename(part, name)
	}
	if err != nil {
		_ = s.root.Remove(part)
		return err
	}
	return s.syncDir()
}

func (s *Server) syncDir() error {
	d, err := s.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// findHere gives the tenant's upload in this server's folder, or an error that
// is [fs.ErrNotExist].
func (s *Server) findHere(tenant, id string) (upload, error) {
	u, err := s.load(id)
	if err == nil && u.Tenant != tenant {
		err = fmt.Errorf("upload %s: %w", id, fs.ErrNotExist)
	}
	return u, err
}

func (s *Server) load(id string) (upload, error) {
	if !idPattern.MatchString(id) {
		return upload{}, fmt.Errorf("an upload's id has 32 hexadecimal digits: %w", fs.ErrNotExist)
	}
	text, err := s.root.ReadFile(id + ".json")
	if err != nil {
		return upload{}, fmt.Errorf("upload %s: %w", id, err)
	}
	u := upload{id: id}
	if err := json.Unmarshal(text, &u.info); err != nil {
		return upload{}, fmt.Errorf("upload %s: %w", id, err)
	}
	stat, err := s.root.Stat(id + ".data")
	if err != nil {
		return upload{}, fmt.Errorf("upload %s: %w", id, err)
	}
	u.offset, u.written = stat.Size(), stat.ModTime()
	return u, nil
}

// Open opens a complete upload of the tenant for reading, until ctx is done,
// and tells the file name that the client gave (without folders, maybe empty)
// and the size in bytes. An unknown upload is [fs.ErrNotExist], an incomplete
// one a [vod.StepError]. The caller closes file.
func (s *Server) Open(ctx context.Context, tenant, id string) (file io.ReadSeekCloser, name string, size int64, err error) {
	u, err := s.findHere(tenant, id)
	if s.Shelf != nil && errors.Is(err, fs.ErrNotExist) {
		return s.Shelf.Open(ctx, tenant, id)
	}
	if err != nil {
		return nil, "", 0, err
	}
	if u.offset < u.Length {
		return nil, "", 0, &vod.StepError{
			Class: vod.ClassMedia, Reason: vod.ReasonSourceMissing,
			Message: fmt.Sprintf("The upload %s is not complete: %d of %d bytes have arrived.", id, u.offset, u.Length),
			Hint:    "Finish the upload, then retry the ingest.",
		}
	}
	data, err := s.root.Open(id + ".data")
	if s.Shelf != nil && errors.Is(err, fs.ErrNotExist) {
		return s.Shelf.Open(ctx, tenant, id) // It was moved just now.
	}
	if err != nil {
		return nil, "", 0, fmt.Errorf("upload %s: %w", id, err)
	}
	return data, u.Name, u.offset, nil
}

// erase removes an upload that the caller has locked. The JSON file goes
// first: without it the upload does not exist.
func (s *Server) erase(id string) error {
	for _, suffix := range []string{".json", ".data"} {
		if err := s.root.Remove(id + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
