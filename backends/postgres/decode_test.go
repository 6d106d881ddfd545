package postgres

import (
	"testing"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/rowan-db/rowan/store/tuple"
)

// FuzzDecode: what a server sends, or who pretends to be one, makes an error at
// the worst.
func FuzzDecode(f *testing.F) {
	f.Add(uint32(pgtype.Int8OID), true, []byte{0, 0, 0, 0, 0, 0, 0, 1})
	f.Add(uint32(pgtype.NumericOID), false, []byte("1e5"))
	f.Add(uint32(pgtype.TimestampOID), true, []byte{0x80, 0, 0, 0, 0, 0, 0, 0})
	f.Add(uint32(pgtype.IntervalOID), true, make([]byte, 16))
	f.Fuzz(func(t *testing.T, oid uint32, binary bool, raw []byte) {
		format := textFormat
		if binary {
			format = binaryFormat
		}
		row := make([]tuple.Value, 2)
		d := decoderOf(oid, format, "some type")
		if err := decodeRow([]decoder{d, d}, [][]byte{raw, nil}, row); err == nil && (row[0].IsNull() || !row[1].IsNull()) {
			t.Errorf("type %d, %q is read as %v", oid, raw, row)
		}
	})
}

func TestBinaryValuesOfAWrongSize(t *testing.T) {
	for oid, kind := range kinds {
		if !hasBinary(kind) || kind == tuple.KindBytes {
			continue
		}
		row := make([]tuple.Value, 1)
		if err := decodeRow([]decoder{decoderOf(oid, binaryFormat, "")}, [][]byte{{1, 2, 3}}, row); err == nil {
			t.Errorf("type %d: 3 bytes are %v", oid, row[0])
		}
	}
}
