package postgres

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/rowan-db/rowan/store/tuple"
)

// parameter is an argument as it is sent. Where the type is unknown (0), the
// server takes it from where the argument stands: it reads texts, and the text
// forms of types that this package does not know, as the column's own type.
type parameter struct {
	oid    uint32
	format int16
	value  []byte // nil is NULL
}

// The formats of values.
const (
	textFormat   int16 = 0
	binaryFormat int16 = 1
)

// parameters are the arguments of a statement.
type parameters struct {
	values  [][]byte
	oids    []uint32
	formats []int16
}

func parametersOf(args []any) parameters {
	if len(args) == 0 {
		return parameters{}
	}
	p := parameters{
		values:  make([][]byte, len(args)),
		oids:    make([]uint32, len(args)),
		formats: make([]int16, len(args)),
	}
	for i, a := range args {
		one := parameterOf(a)
		p.values[i], p.oids[i], p.formats[i] = one.value, one.oid, one.format
	}
	return p
}

// parameterOf returns an argument of a statement: one that Argument made, or a
// text of this package's own.
func parameterOf(arg any) parameter {
	if text, ok := arg.(string); ok {
		return parameter{value: []byte(text)}
	}
	return arg.(parameter)
}

// argument encodes a value.
func argument(v tuple.Value) parameter {
	switch v.Kind() {
	case tuple.KindNull:
		return parameter{}
	case tuple.KindBool:
		return binaryParameter(pgtype.BoolOID, boolByte(v.AsBool()))
	case tuple.KindInt:
		return binaryParameter(pgtype.Int8OID, int64Bytes(v.AsInt())...)
	case tuple.KindUint:
		return parameter{oid: pgtype.NumericOID, value: strconv.AppendUint(nil, v.AsUint(), 10)}
	case tuple.KindFloat:
		return binaryParameter(pgtype.Float8OID, int64Bytes(int64(math.Float64bits(v.AsFloat())))...)
	case tuple.KindDecimal:
		return parameter{oid: pgtype.NumericOID, value: []byte(v.AsText())}
	case tuple.KindBytes:
		return binaryParameter(pgtype.ByteaOID, []byte(v.AsText())...)
	case tuple.KindUUID:
		u := v.AsUUID()
		return binaryParameter(pgtype.UUIDOID, u[:]...)
	}
	return temporalArgument(v)
}

func temporalArgument(v tuple.Value) parameter {
	switch v.Kind() {
	case tuple.KindDate:
		days := int32(v.AsDays() - epochDays)
		return binaryParameter(pgtype.DateOID, binary.BigEndian.AppendUint32(nil, uint32(days))...)
	case tuple.KindTime:
		return binaryParameter(pgtype.TimeOID, int64Bytes(v.AsDuration().Microseconds())...)
	case tuple.KindTimestamp:
		oid := uint32(pgtype.TimestampOID)
		if v.IsInstant() {
			oid = pgtype.TimestamptzOID
		}
		return binaryParameter(oid, int64Bytes(microseconds(v.AsTime()))...)
	case tuple.KindInterval:
		months, days, us := v.AsInterval()
		b := int64Bytes(us)
		b = binary.BigEndian.AppendUint32(b, uint32(days))
		b = binary.BigEndian.AppendUint32(b, uint32(months))
		return binaryParameter(pgtype.IntervalOID, b...)
	}
	return parameter{value: []byte(v.AsText())}
}

// binaryParameter is never NULL.
func binaryParameter(oid uint32, b ...byte) parameter {
	if b == nil {
		b = []byte{}
	}
	return parameter{oid: oid, format: binaryFormat, value: b}
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func int64Bytes(i int64) []byte { return binary.BigEndian.AppendUint64(make([]byte, 0, 16), uint64(i)) }

// PostgreSQL counts days and microseconds from 2000-01-01.
const (
	epochDays    = 10957
	epochSeconds = epochDays * 24 * 60 * 60
)

const microsPerSecond = 1_000_000

// microseconds returns t as PostgreSQL counts.
func microseconds(t time.Time) int64 {
	return (t.Unix()-epochSeconds)*microsPerSecond + int64(t.Nanosecond())/int64(time.Microsecond)
}

// timeAt is the inverse of microseconds.
func timeAt(us int64) time.Time {
	seconds, rest := us/microsPerSecond, us%microsPerSecond
	if rest < 0 {
		seconds, rest = seconds-1, rest+microsPerSecond
	}
	return time.Unix(seconds+epochSeconds, rest*int64(time.Microsecond)).UTC()
}
