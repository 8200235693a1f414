package transfer

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/store/sqlstore"
)

// read gives the rows of a table to each, in the order of their keys, and those
// of one key as one row.
func read(q sqlstore.Querier, table sqlstore.Table, each func(row []any) error) (err error) {
	columns := table.Columns
	if table.More != "" {
		columns += ", " + table.More
	}
	rows, err := q.Query("SELECT " + columns + " FROM " + table.Name + " ORDER BY " + table.Key)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Next tells what went wrong.
	width := table.Width()
	if table.More != "" {
		width++
	}
	keys := strings.Count(table.Key, ",") + 1
	values := make([]driver.Value, width)
	var last []any
	for {
		err := rows.Next(values)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		row := make([]any, width)
		for i, v := range values {
			row[i] = v
		}
		switch {
		case last == nil:
		case table.Merge != nil && slices.Equal(last[:keys], row[:keys]):
			if err := table.Merge(last, row); err != nil {
				return err
			}
			continue
		default:
			if err := each(last); err != nil {
				return err
			}
		}
		last = row
	}
	if last == nil {
		return nil
	}
	return each(last)
}

// sum stands for the rows of a table in their order.
type sum struct {
	rows int
	hash [sha256.Size]byte
}

// summer makes one.
type summer struct {
	rows int
	hash hash.Hash
}

func (s *summer) add(row []any) {
	if s.hash == nil {
		s.hash = sha256.New()
	}
	s.rows++
	var b []byte
	for _, value := range row {
		switch v := value.(type) {
		case nil:
			b = append(b, 0)
		case int64:
			b = binary.BigEndian.AppendUint64(append(b, 1), uint64(v))
		case float64:
			b = binary.BigEndian.AppendUint64(append(b, 2), math.Float64bits(v))
		case string:
			b = append(binary.BigEndian.AppendUint64(append(b, 3), uint64(len(v))), v...)
		default:
			b = append(b, fmt.Sprintf("\x04%T %v\x00", v, v)...)
		}
	}
	_, _ = s.hash.Write(b) // Never fails.
}

func (s *summer) done() (all sum) {
	all.rows = s.rows
	if s.hash != nil {
		s.hash.Sum(all.hash[:0])
	}
	return all
}
