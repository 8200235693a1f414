package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// Upgrade is a change of a database's schema that is about to be made.
type Upgrade struct {
	From, To int64  // schema versions
	Backup   string // the copy of the database as it was
}

// upgradeName is what the copies are called: by schema version and UTC time.
var upgradeName = regexp.MustCompile(`^orchestrate-schema\d+-\d{8}T\d{6}\.\d{3}Z\.db(\.part)?$`)

// WithBackups copies the database into the folder, which is made where it is
// missing, before its schema is changed; without a copy nothing is changed. The
// newest keep copies stay. hear is told of the copy before the change begins. A
// database that is new, or current, is not copied.
func WithBackups(folder string, keep int, hear func(Upgrade)) Option {
	return func(s *settings) {
		s.upgrade = func(ctx context.Context, path string, from, to int64) (*backup, error) {
			b := &backup{folder: folder, keep: keep}
			if err := b.make(ctx, path, from, to, s.now()); err != nil {
				return nil, err
			}
			hear(Upgrade{From: from, To: to, Backup: b.file})
			return b, nil
		}
	}
}

// backup is the copy made for one change of the schema.
type backup struct {
	folder string
	keep   int
	file   string
}

func (b *backup) make(ctx context.Context, path string, from, to int64, now time.Time) error {
	if err := os.MkdirAll(b.folder, 0o700); err != nil {
		return fmt.Errorf("folder for backups: %w", err)
	}
	if err := b.clear(); err != nil {
		return err
	}
	b.file = filepath.Join(b.folder, fmt.Sprintf("orchestrate-schema%d-%s.db", from, now.UTC().Format("20060102T150405.000Z")))
	err := Backup(ctx, path, b.file)
	if err == nil {
		return nil
	}
	size := "as much as the database has"
	if info, statErr := os.Stat(path); statErr == nil {
		size = humanize.Bytes(uint64(info.Size()))
	}
	return fmt.Errorf("the schema is to be changed from version %d to %d, and the database cannot be copied before: %w. "+
		"Nothing was changed. See that the disk of %s has %s free and that the folder can be written to, then start again", from, to, err, b.folder, size)
}

// clear removes what a backup has left that was cut off.
func (b *backup) clear() error {
	return b.each(func(name string, info fs.FileInfo) error {
		if info.Size() > 0 && filepath.Ext(name) != ".part" {
			return nil
		}
		return os.Remove(filepath.Join(b.folder, name))
	})
}

// done removes the copies that are too many after the change, or the one just
// made where nothing was changed: else a server that is started again and again
// would drive out the older ones.
func (b *backup) done(changed bool) error {
	if !changed {
		return os.Remove(b.file)
	}
	var names []string
	err := b.each(func(name string, _ fs.FileInfo) error {
		names = append(names, name)
		return nil
	})
	slices.SortFunc(names, func(x, y string) int { return strings.Compare(timeOf(y), timeOf(x)) })
	for _, name := range names[min(b.keep, len(names)):] {
		err = errors.Join(err, os.Remove(filepath.Join(b.folder, name)))
	}
	return err
}

// timeOf is the time in a copy's name, in an order that is that of the texts.
func timeOf(name string) string { return name[strings.LastIndexByte(name, '-')+1:] }

// each goes through the copies, whole or cut off.
func (b *backup) each(do func(name string, info fs.FileInfo) error) error {
	entries, err := os.ReadDir(b.folder)
	if err != nil {
		return fmt.Errorf("folder for backups: %w", err)
	}
	for _, e := range entries {
		if !upgradeName.MatchString(e.Name()) {
			continue
		}
		info, err := e.Info()
		if err == nil {
			err = do(e.Name(), info)
		}
		if err != nil {
			return fmt.Errorf("folder for backups: %w", err)
		}
	}
	return nil
}
