package postgres

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// decoder makes values of what the server sends in one column: of texts that
// may be kept, or of bytes that are valid during the call only.
type decoder struct {
	text   func(s string) (tuple.Value, error)
	binary func(b []byte) (tuple.Value, error)
}

// formats returns the formats in which columns are asked for: binary where the
// value has a kind of its own, which is quicker for both sides and loses
// nothing, and the text form that the database itself has for all others.
func formats(columns []*driver.Column) []int16 {
	if columns == nil {
		return nil
	}
	fs := make([]int16, len(columns))
	for i, c := range columns {
		if c == nil || hasBinary(c.Kind) {
			fs[i] = binaryFormat
		}
	}
	return fs
}

func hasBinary(k tuple.Kind) bool {
	switch k {
	case tuple.KindBool, tuple.KindInt, tuple.KindFloat, tuple.KindBytes, tuple.KindUUID,
		tuple.KindDate, tuple.KindTime, tuple.KindTimestamp, tuple.KindInterval:
		return true
	}
	return false
}

// decodersOf returns the decoders of columns. The server says what their types
// are now: a table may have been altered since it was described.
func decodersOf(columns []*driver.Column, described []pgconn.FieldDescription) []decoder {
	ds := make([]decoder, len(described))
	for i, f := range described {
		c := columns[i]
		switch {
		case c == nil:
			ds[i] = decoderOf(f.DataTypeOID, f.Format, "")
		case f.DataTypeOID == pgtype.TextOID && c.Kind != tuple.KindText: // it was cut
			ds[i] = cutDecoder(c)
		default:
			ds[i] = decoderOf(f.DataTypeOID, f.Format, c.Type)
		}
	}
	return ds
}

// cutDecoder is for values of a type whose text was taken apart.
func cutDecoder(c *driver.Column) decoder {
	if c.Kind == tuple.KindJSON {
		return decoder{text: func(s string) (tuple.Value, error) { return tuple.JSON(s), nil }}
	}
	return decoder{text: func(s string) (tuple.Value, error) { return tuple.Other(c.Type, s), nil }}
}

// decoderOf returns the decoder of a type. Name is the type's, for values that
// have no kind of their own.
func decoderOf(oid uint32, format int16, name string) decoder {
	if format == textFormat {
		return textDecoder(oid, name)
	}
	switch oid {
	case pgtype.BoolOID:
		return fixed(1, func(b []byte) tuple.Value { return tuple.Bool(b[0] != 0) })
	case pgtype.Int2OID:
		return fixed(2, func(b []byte) tuple.Value { return tuple.Int(int64(int16(binary.BigEndian.Uint16(b)))) })
	case pgtype.Int4OID:
		return fixed(4, func(b []byte) tuple.Value { return tuple.Int(int64(int32(binary.BigEndian.Uint32(b)))) })
	case pgtype.Int8OID:
		return fixed(8, func(b []byte) tuple.Value { return tuple.Int(int64Of(b)) })
	case pgtype.OIDOID:
		return fixed(4, func(b []byte) tuple.Value { return tuple.Int(int64(binary.BigEndian.Uint32(b))) })
	case pgtype.Float4OID:
		return fixed(4, func(b []byte) tuple.Value {
			return tuple.Float(widen(math.Float32frombits(binary.BigEndian.Uint32(b))))
		})
	case pgtype.Float8OID:
		return fixed(8, func(b []byte) tuple.Value { return tuple.Float(math.Float64frombits(uint64(int64Of(b)))) })
	case pgtype.UUIDOID:
		return fixed(16, func(b []byte) tuple.Value { return tuple.UUID([16]byte(b)) })
	case pgtype.ByteaOID:
		return decoder{text: func(s string) (tuple.Value, error) { return tuple.BytesOf(s), nil }}
	}
	return temporalDecoder(oid, name)
}

func temporalDecoder(oid uint32, name string) decoder {
	switch oid {
	case pgtype.DateOID:
		return fixed(4, func(b []byte) tuple.Value { return dateOf(int32(binary.BigEndian.Uint32(b)), name) })
	case pgtype.TimeOID:
		return fixed(8, func(b []byte) tuple.Value { return tuple.Time(time.Duration(int64Of(b)) * time.Microsecond) })
	case pgtype.TimestampOID:
		return fixed(8, func(b []byte) tuple.Value { return timestampOf(int64Of(b), name, tuple.Timestamp) })
	case pgtype.TimestamptzOID:
		return fixed(8, func(b []byte) tuple.Value { return timestampOf(int64Of(b), name, tuple.Instant) })
	case pgtype.IntervalOID:
		return fixed(16, func(b []byte) tuple.Value { return intervalOf(b, name) })
	}
	return decoder{binary: func([]byte) (tuple.Value, error) {
		return tuple.Null, fmt.Errorf("the server sent a value of type %d in binary; the table was altered: open it again", oid)
	}}
}

// fixed is a decoder of values that have n bytes.
func fixed(n int, decode func([]byte) tuple.Value) decoder {
	return decoder{binary: func(b []byte) (tuple.Value, error) {
		if len(b) != n {
			return tuple.Null, fmt.Errorf("the server sent %d bytes for a value of %d", len(b), n)
		}
		return decode(b), nil
	}}
}

func int64Of(b []byte) int64 { return int64(binary.BigEndian.Uint64(b)) }

// widen returns the number that people see in a float of 32 bits: 0.1, and not
// 0.10000000149011612.
func widen(f float32) float64 {
	wide, err := strconv.ParseFloat(strconv.FormatFloat(float64(f), 'g', -1, 32), 64)
	if err != nil {
		return float64(f)
	}
	return wide
}

// The texts of values that lie beyond all others.
const (
	infinity         = "infinity"
	negativeInfinity = "-infinity"
)

func dateOf(days int32, name string) tuple.Value {
	switch days {
	case math.MaxInt32:
		return tuple.Other(name, infinity)
	case math.MinInt32:
		return tuple.Other(name, negativeInfinity)
	}
	return tuple.Date(int64(days) + epochDays)
}

func timestampOf(us int64, name string, of func(time.Time) tuple.Value) tuple.Value {
	switch us {
	case math.MaxInt64:
		return tuple.Other(name, infinity)
	case math.MinInt64:
		return tuple.Other(name, negativeInfinity)
	}
	return of(timeAt(us))
}

func intervalOf(b []byte, name string) tuple.Value {
	us := int64Of(b)
	days, months := int32(binary.BigEndian.Uint32(b[8:])), int32(binary.BigEndian.Uint32(b[12:]))
	switch {
	case us == math.MaxInt64 && days == math.MaxInt32 && months == math.MaxInt32:
		return tuple.Other(name, infinity)
	case us == math.MinInt64 && days == math.MinInt32 && months == math.MinInt32:
		return tuple.Other(name, negativeInfinity)
	}
	return tuple.Interval(months, days, us)
}

// textDecoder returns the decoder of a type whose values are sent as text.
func textDecoder(oid uint32, name string) decoder {
	switch kindOfOID(oid) {
	case tuple.KindText:
		return decoder{text: func(s string) (tuple.Value, error) { return tuple.Text(s), nil }}
	case tuple.KindDecimal:
		return decoder{text: tuple.Decimal}
	case tuple.KindJSON:
		return decoder{text: func(s string) (tuple.Value, error) { return tuple.JSON(s), nil }}
	}
	if isText(name) { // a type of an extension, which has a number of its own
		return decoder{text: func(s string) (tuple.Value, error) { return tuple.Text(s), nil }}
	}
	return decoder{text: func(s string) (tuple.Value, error) { return tuple.Other(name, s), nil }}
}
