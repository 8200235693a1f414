package transfer

import (
	"context"
	"errors"
	"fmt"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
)

// Store is one of the databases.
type Store interface {
	// Snapshot runs do, once, on one state of the database, however long it takes.
	Snapshot(ctx context.Context, do func(sqlstore.Querier) error) error
	// Fill runs do as one write. do may run again, and then begins anew.
	Fill(ctx context.Context, do func(sqlstore.Writer) error) error
	// IndexUploads is called when all tables are filled.
	IndexUploads(ctx context.Context) error
	// Kept is a text as the database can keep it.
	Kept(text string) string
}

// Result is what was copied.
type Result struct {
	Tables []Copied
	// Replaced is how many texts had characters that the target cannot keep, in
	// place of which U+FFFD stands there.
	Replaced int
}

// Copied is a table that is the same on both sides.
type Copied struct {
	Name string
	Rows int
}

// Progress is told how many rows of a table are copied so far, now and then and
// when it is whole. It is quick.
type Progress func(table string, rows int)

// Copy copies all that from holds to to, which nobody else uses meanwhile. A
// target that holds anything is refused, unless it was left by a copy that was
// cut off.
func Copy(ctx context.Context, from, to Store, progress Progress) (result Result, err error) {
	if err := prepare(ctx, to); err != nil {
		return Result{}, err
	}
	sums := map[string]sum{}
	begun := false
	err = from.Snapshot(ctx, func(q sqlstore.Querier) error {
		if begun {
			return errors.New("the connection to the source was lost; start again")
		}
		begun = true
		for _, table := range sqlstore.Tables() {
			c := &copier{ctx: ctx, to: to, table: table, progress: progress}
			if err := read(q, table, c.add); err != nil {
				return fmt.Errorf("copy %s: %w", table.Name, err)
			}
			if err := c.flush(); err != nil {
				return fmt.Errorf("copy %s: %w", table.Name, err)
			}
			progress(table.Name, c.sum.rows)
			sums[table.Name] = c.sum.done()
			result.Replaced += c.replaced
		}
		return nil
	})
	if err != nil {
		return Result{}, err
	}
	if err := to.IndexUploads(ctx); err != nil {
		return Result{}, err
	}
	if result.Tables, err = compare(ctx, to, sums); err != nil {
		return Result{}, err
	}
	return result, finish(ctx, to)
}

// A portion is what one transaction writes, at most.
const (
	portionRows  = 500
	portionBytes = 8 << 20
)

// copier writes the rows of a table.
type copier struct {
	ctx      context.Context //nolint:containedctx // Of the one call that the copy is for.
	to       Store
	table    sqlstore.Table
	progress Progress
	rows     [][]any
	bytes    int
	sum      summer
	replaced int
}

// add takes a row, which it keeps.
func (c *copier) add(row []any) error {
	for i, value := range row {
		text, ok := value.(string)
		if !ok {
			continue
		}
		if kept := c.to.Kept(text); kept != text {
			row[i] = kept
			if i < c.table.Width() {
				c.replaced++
			}
		}
		c.bytes += len(text)
	}
	c.sum.add(row[:c.table.Width()])
	c.rows = append(c.rows, row)
	if len(c.rows) < portionRows && c.bytes < portionBytes {
		return nil
	}
	return c.flush()
}

func (c *copier) flush() error {
	if len(c.rows) == 0 {
		return nil
	}
	if err := c.ctx.Err(); err != nil {
		return err
	}
	err := c.to.Fill(c.ctx, func(w sqlstore.Writer) error { return sqlstore.FillTable(w, c.table, c.rows) })
	if err != nil {
		return err
	}
	if c.sum.rows%(100*portionRows) < len(c.rows) {
		c.progress(c.table.Name, c.sum.rows)
	}
	c.rows, c.bytes = nil, 0
	return nil
}
