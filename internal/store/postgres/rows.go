package postgres

import (
	"cmp"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// rows gives the rows of a query as package sqlstore wants them: of int64,
// string, float64 and nil.
type rows struct{ pgx.Rows }

// Columns implements [driver.Rows]; nobody asks for them.
func (r rows) Columns() []string { return nil }

// Close implements [driver.Rows]. What was not read is skipped.
func (r rows) Close() error {
	r.Rows.Close()
	return r.Err()
}

// Next implements [driver.Rows].
func (r rows) Next(row []driver.Value) error {
	if !r.Rows.Next() {
		return cmp.Or(r.Err(), io.EOF)
	}
	fields, raw := r.FieldDescriptions(), r.RawValues()
	if len(raw) != len(row) {
		return fmt.Errorf("the query gives %d columns, not %d", len(raw), len(row))
	}
	for i := range row {
		value, err := decode(fields[i].DataTypeOID, fields[i].Format, raw[i])
		if err != nil {
			return fmt.Errorf("column %s: %w", fields[i].Name, err)
		}
		row[i] = value
	}
	return nil
}

// decode reads a value in the binary format. Numbers of all kinds that are whole
// are int64: count and sum give others than the columns are of.
func decode(oid uint32, format int16, raw []byte) (driver.Value, error) {
	switch {
	case raw == nil:
		return nil, nil
	case oid == pgtype.TextOID || oid == pgtype.VarcharOID || oid == pgtype.UnknownOID:
		return string(raw), nil
	case format != pgx.BinaryFormatCode:
		return nil, fmt.Errorf("type %d comes as text", oid)
	case oid == pgtype.Int8OID && len(raw) == 8:
		return int64(binary.BigEndian.Uint64(raw)), nil
	case oid == pgtype.Int4OID && len(raw) == 4:
		return int64(int32(binary.BigEndian.Uint32(raw))), nil
	case oid == pgtype.BoolOID && len(raw) == 1:
		return int64(raw[0]), nil
	case oid == pgtype.Float8OID && len(raw) == 8:
		return math.Float64frombits(binary.BigEndian.Uint64(raw)), nil
	case oid == pgtype.NumericOID:
		return decodeNumeric(raw)
	}
	return nil, fmt.Errorf("type %d is not known here", oid)
}

func decodeNumeric(raw []byte) (driver.Value, error) {
	var n pgtype.Int8
	plan := pgtype.NumericCodec{}.PlanScan(nil, pgtype.NumericOID, pgx.BinaryFormatCode, &n)
	if plan == nil {
		return nil, fmt.Errorf("a numeric is no whole number here")
	}
	if err := plan.Scan(raw, &n); err != nil {
		return nil, err
	}
	return n.Int64, nil
}
