package retrieval

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/via-orchestrate/orchestrate/internal/location"
	"github.com/via-orchestrate/orchestrate/internal/step"
)

// bufferSize is how much is read and written at a time.
const bufferSize = 256 << 10

// roomStep is after how many bytes the free space of the disk is looked at
// again.
const roomStep = 64 << 20

// sink is the file being written, with the checksums of what is in it: MD5 is
// how the Status API identifies files, SHA-256 is for the inventory.
type sink struct {
	job      step.Job
	folder   *location.Folder
	file     *os.File
	name     string
	size     int64
	total    int64 // bytes it will have; negative when not known
	minFree  int64 // bytes of the disk that are to stay free
	checked  int64 // size at which the disk was last seen to have room
	md5, sha hash.Hash
	progress *progress
	buffer   []byte
}

func newSink(job step.Job, folder *location.Folder, name string, minFree int64, p *progress) (*sink, error) {
	path := filepath.Join(folder.Path(), name)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return nil, location.WriteError(path, err)
	}
	return &sink{
		job:    job,
		folder: folder, file: file, name: name, total: -1, minFree: minFree, progress: p, buffer: make([]byte, bufferSize),
		md5: md5.New(), sha: sha256.New(),
	}, nil
}

// expect tells how many bytes the whole file has, negative if that is not known,
// and refuses one that the disk has no room for.
func (s *sink) expect(total int64) error {
	s.total = total
	if s.folder.Staged() && total > 0 {
		if err := s.job.ReserveMore(total); err != nil {
			return err
		}
	}
	return s.room()
}

// room refuses to go on when the disk has no room for what is known to come.
func (s *sink) room() error {
	s.checked = s.size
	return s.folder.Room(max(s.total-s.size, 0), s.minFree)
}

// Write implements [io.Writer]. Its errors are a [vod.StepError]. MD5 is the
// slowest of the three things done with each piece, so it has a processor to
// itself; after an error the checksums no longer matter.
func (s *sink) Write(p []byte) (int, error) {
	var summed sync.WaitGroup
	summed.Go(func() { s.md5.Write(p) })
	n, err := s.file.Write(p)
	s.size += int64(n)
	s.sha.Write(p[:n])
	summed.Wait()
	if err != nil {
		return n, location.WriteError(s.file.Name(), err)
	}
	s.progress.bytes(s.size, s.total)
	if s.size-s.checked >= roomStep {
		return n, s.room()
	}
	return n, nil
}

// reset begins again with an empty file.
func (s *sink) reset() error {
	err := s.file.Truncate(0)
	if err == nil {
		_, err = s.file.Seek(0, io.SeekStart)
	}
	s.size, s.total, s.checked = 0, -1, 0
	s.md5.Reset()
	s.sha.Reset()
	return location.WriteError(s.file.Name(), err)
}

// close is idempotent.
func (s *sink) close() error {
	if s.file == nil {
		return nil
	}
	name, err := s.file.Name(), s.file.Close()
	s.file = nil
	return location.WriteError(name, err)
}

func (s *sink) md5Sum() string { return hex.EncodeToString(s.md5.Sum(nil)) }

func (s *sink) entry() location.Entry {
	return location.Entry{Name: s.name, Size: s.size, SHA256: hex.EncodeToString(s.sha.Sum(nil))}
}
