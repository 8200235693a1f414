package location

import (
	"context"
	"io"
	"iter"
	"time"
)

// tree is what a location keeps its folders in: a folder of this machine, or a
// bucket. Names are relative, with slashes, and checked by the caller.
type tree interface {
	// key is the same for the same place.
	key() string
	// address is that of a file.
	address(name string) string
	// show is a folder for people.
	show(name string) string
	// below gives the elements that lead from the tree to the file at an
	// address; none if it does not lie below.
	below(a address) [][]string
	// settled is the tree as it is now, with symbolic links resolved.
	settled() tree

	// folders gives the names of the folders in one, in no order; it ends with an
	// error. A folder that is gone has none.
	folders(ctx context.Context, name string) iter.Seq2[string, error]
	// found tells whether there is a folder. A symbolic link is none.
	found(ctx context.Context, name string) (bool, error)
	// newest is when something in a folder last changed.
	newest(ctx context.Context, name string) (time.Time, error)
	// remove removes a folder, and its parents that are empty then.
	remove(ctx context.Context, name string) error

	// open opens a regular file of a folder; [fs.ErrNotExist] where there is none.
	open(ctx context.Context, folder, name string) (io.ReadCloser, error)
	// check tells whether the file at an address is there for reading: a
	// [vod.StepError] where it is not.
	check(ctx context.Context, name, uri string) error
	// sizes gives the sizes of the files listed, of a folder: fewer, or others,
	// where some are gone.
	sizes(ctx context.Context, folder string, files []Entry) (map[string]int64, error)
}
