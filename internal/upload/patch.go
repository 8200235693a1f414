package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	bufferSize = 256 << 10 // bytes read at once
	roomEvery  = 64 << 20  // bytes after which the free space is measured again
)

// patch takes the next bytes of an upload.
func (s *Server) patch(w http.ResponseWriter, r *http.Request, tenant string) error {
	id := r.PathValue("id")
	if _, err := s.find(r.Context(), tenant, id); err != nil {
		return err
	}
	if ct := r.Header.Get("Content-Type"); ct != "application/offset+octet-stream" {
		return vod.Faultf(vod.Unsupported, "The Content-Type must be application/offset+octet-stream, not %.100q.", ct)
	}
	offset, err := sizeHeader(r, "Upload-Offset")
	if err != nil {
		return err
	}
	u, err := s.append(w, r, tenant, id, offset)
	if err == nil && u.offset == u.Length && !u.shelved {
		err = s.settle(r.Context(), id)
	}
	if err != nil {
		return err
	}
	s.tell(w, u)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// append writes the body of a request, which is for this offset, to an upload,
// and gives it as it is then.
func (s *Server) append(w http.ResponseWriter, r *http.Request, tenant, id string, offset int64) (upload, error) {
	u, err := s.take(r.Context(), tenant, id)
	if err != nil {
		return upload{}, err
	}
	defer s.unlock(id)
	if offset != u.offset {
		return upload{}, vod.Faultf(vod.Conflict, "The upload stands at %d bytes; Upload-Offset says %d.", u.offset, offset)
	}
	if r.ContentLength > u.Length-u.offset || u.shelved && r.ContentLength != 0 {
		return upload{}, tooLong(u)
	}
	if u.shelved {
		return u, nil
	}
	if err := s.room(u.Length - u.offset); err != nil {
		return upload{}, err
	}
	if err := s.write(w, r, u); err != nil {
		return upload{}, err
	}
	return s.load(id)
}

// write appends the body to the data file. What arrived before a connection
// broke is kept; of a body that is too long nothing is.
func (s *Server) write(w http.ResponseWriter, r *http.Request, u upload) error {
	f, err := s.root.OpenFile(u.id+".data", os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	body := &patientReader{r.Body, http.NewResponseController(w), s.Idle}
	err = s.copyBody(r.Context(), f, body, u)
	if no := (*vod.Fault)(nil); errors.As(err, &no) && no.Code == vod.TooLarge {
		err = errors.Join(f.Truncate(u.offset), err)
	}
	return errors.Join(err, f.Sync(), f.Close())
}

func (s *Server) copyBody(ctx context.Context, f *os.File, body io.Reader, u upload) error {
	buf := make([]byte, bufferSize)
	for left, measured := u.Length-u.offset, int64(0); ; {
		n, readErr := body.Read(buf)
		if int64(n) > left {
			return tooLong(u)
		}
		if _, err := f.Write(buf[:n]); err != nil {
			return diskError(err)
		}
		left -= int64(n)
		switch {
		case errors.Is(readErr, io.EOF):
			return nil
		case errors.Is(readErr, os.ErrDeadlineExceeded):
			return &refusal{http.StatusRequestTimeout, "Nothing arrived for a while. What came before is kept; resume the upload."}
		case readErr != nil:
			s.Log.DebugContext(ctx, "upload interrupted", "upload", u.id, "error", readErr)
			return vod.Faultf(vod.Invalid, "The body ended early. What came before is kept; resume the upload.")
		}
		if measured += int64(n); measured >= roomEvery {
			measured = 0
			if err := s.room(left); err != nil {
				return err
			}
		}
	}
}

// patientReader gives every single read its own deadline, so that a slow
// client is fine and a silent one is not.
type patientReader struct {
	body io.Reader
	conn *http.ResponseController
	idle time.Duration
}

func (p *patientReader) Read(b []byte) (int, error) {
	// A writer without deadlines (a test's recorder) has no connection to lose.
	_ = p.conn.SetReadDeadline(time.Now().Add(p.idle))
	n, err := p.body.Read(b)
	if errors.Is(err, io.EOF) {
		// Not after other errors: the server waits for the rest of a body before it
		// answers, for a silent client for ever.
		_ = p.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

func tooLong(u upload) error {
	return vod.Faultf(vod.TooLarge, "The body is longer than the %d bytes that are missing of the announced %d.", u.Length-u.offset, u.Length)
}

// room refuses (507) when n more bytes would leave less than MinFree.
func (s *Server) room(n int64) error {
	free, err := s.Free(s.dir)
	if err != nil {
		return fmt.Errorf("free space for uploads: %w", err)
	}
	if free-n < s.MinFree {
		return &refusal{http.StatusInsufficientStorage, fmt.Sprintf(
			"The server's disk has %d bytes free; with %d more bytes of this upload less than the %d bytes would be left that min-free asks for.",
			free, n, s.MinFree)}
	}
	return nil
}

// diskError turns a disk that is full into an answer that says so.
func diskError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return &refusal{http.StatusInsufficientStorage, "The server's disk is full. What came before is kept; resume the upload once there is space."}
	}
	return err
}

// FreeSpace is the number of bytes that this process may still write to the
// file system of dir.
func FreeSpace(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("statfs %s: %w", dir, err)
	}
	return int64(st.Bavail) * st.Bsize, nil
}
