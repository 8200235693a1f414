// Package fetch reads the files of a presentation from a folder or over HTTP.
//
// Manifests are hostile: what they name is resolved by [Source.Resolve], which
// never leaves the folder, and over HTTP leads to http and https only. All
// reads have limits.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// ErrMissing is wrapped by the error for what is not there.
var ErrMissing = errors.New("not found")

// ErrOutside is wrapped by the error for an address that leads where it must
// not: outside of the folder, or to another protocol.
var ErrOutside = errors.New("leads outside")

// errNoAddress says nothing of what stands there: it may be a secret, and cannot
// be taken apart to leave that out.
var errNoAddress = errors.New("a reference is no address")

// Range is a part of a file. Length 0 means the whole file.
type Range struct{ Offset, Length int64 }

// Source is a folder or the web. Addresses are what Resolve gives: paths in the
// folder, or URLs. Implementations are safe for concurrent use.
type Source interface {
	// Resolve gives the address of a reference in the file at base.
	Resolve(base, reference string) (string, error)
	// Open opens the file at the address, to be read first near that offset.
	Open(ctx context.Context, address string, near int64) (File, error)
}

// File is an open file. It may be read by one goroutine at a time.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// ReadAll reads a whole file of at most limit bytes.
func ReadAll(ctx context.Context, s Source, address string, limit int64) ([]byte, error) {
	return Read(ctx, s, address, Range{}, limit)
}

// Read reads a range of a file of at most limit bytes.
func Read(ctx context.Context, s Source, address string, r Range, limit int64) ([]byte, error) {
	f, err := s.Open(ctx, address, r.Offset)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	part, size, err := Section(f, r)
	if err != nil {
		return nil, err
	}
	if size > limit {
		return nil, fmt.Errorf("it has %d bytes; at most %d are read", size, limit)
	}
	data := make([]byte, size)
	if size == 0 {
		return data, nil
	}
	if _, err := part.ReadAt(data, 0); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return data, nil
}

// Section gives the range of a file, which must lie within it.
func Section(f File, r Range) (io.ReaderAt, int64, error) {
	if r.Length == 0 && r.Offset == 0 {
		return f, f.Size(), nil
	}
	if r.Offset < 0 || r.Length < 0 || r.Offset > f.Size() || r.Length > f.Size()-r.Offset {
		return nil, 0, fmt.Errorf("the range of %d bytes at %d is not within its %d bytes", r.Length, r.Offset, f.Size())
	}
	length := r.Length
	if length == 0 {
		length = f.Size() - r.Offset
	}
	return io.NewSectionReader(f, r.Offset, length), length, nil
}
