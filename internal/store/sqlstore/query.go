package sqlstore

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// TextArg is a parameter of text in a comparison. With a bare ? SQLite looks
// whether the value bound is 0 or 1, which would ask for another plan, and
// therefore compiles a prepared statement anew at each use; so it does for
// LIMIT ?, joins and sorts. That took 40 % of the time of a list.
const TextArg = "CAST(? AS TEXT)"

// IntegerArg is the same of an integer.
const IntegerArg = "CAST(? AS BIGINT)"

// All runs a query and gives its rows; columns binds a row's columns.
func All[T any](q Querier, columns func(*T) []Column, query string, args ...any) (list []T, err error) {
	return While(func([]T) bool { return true }, 0, q, columns, query, args...)
}

// UpTo is like All for the first n rows.
func UpTo[T any](n int, q Querier, columns func(*T) []Column, query string, args ...any) (list []T, err error) {
	return While(func(list []T) bool { return len(list) < n }, min(n, 26), q, columns, // 26: a page of the usual size and one row more
		query+" LIMIT "+IntegerArg, append(args[:len(args):len(args)], n)...)
}

// First is like All for the first row; ok is false when there is none. The query
// says itself that one row is enough, where it could give many.
func First[T any](q Querier, columns func(*T) []Column, query string, args ...any) (row T, ok bool, err error) {
	list, err := While(func(list []T) bool { return len(list) < 1 }, 1, q, columns, query, args...)
	if err != nil || len(list) == 0 {
		return row, false, err
	}
	return list[0], true, nil
}

// While is like All for as long as more says so of the rows that were read; size
// is how many are to be expected.
func While[T any](more func([]T) bool, size int, q Querier, columns func(*T) []Column, query string, args ...any) (list []T, err error) {
	rows, err := q.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Next tells what went wrong.
	var row T
	bound := columns(&row)
	values := make([]driver.Value, len(bound))
	for more(list) {
		err := rows.Next(values)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if list == nil {
			list = make([]T, 0, size)
		}
		for i, c := range bound {
			if err := c.Scan(values[i]); err != nil {
				return nil, fmt.Errorf("column %d: %w", i, err)
			}
		}
		list = append(list, row)
	}
	return list, nil
}
