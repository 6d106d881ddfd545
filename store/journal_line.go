package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// journalVersion is raised whenever an older program could not read a journal
// rightly. Numbers are not used again.
const journalVersion = 1

// journalLine is a line: eight hexadecimal digits of CRC-32C, a space, and
// what they are the checksum of, this as JSON. The first line is the header and
// has Version and Database only.
type journalLine struct {
	Version  int    `json:"rowan-journal,omitempty"`
	Database string `json:"database,omitempty"`
	// Schemas are those that this and later lines refer to by number.
	Schemas map[int]*journalSchema `json:"schemas,omitempty"`
	Changes []journalChange        `json:"changes,omitempty"`
}

// journalChange is a change that was staged, replaced or, without an operation,
// un-staged. Keys and values are encoded as tuples.
type journalChange struct {
	ID     ID                  `json:"id"`
	Op     string              `json:"op,omitempty"`
	Schema int                 `json:"schema,omitempty"`
	Key    []byte              `json:"key,omitempty"`
	NewKey []byte              `json:"new_key,omitempty"`
	Base   []byte              `json:"base"` // null is not the same as empty
	Set    []journalAssignment `json:"set,omitempty"`
}

type journalAssignment struct {
	Column int    `json:"column"`
	Value  []byte `json:"value"`
}

// journalSchema is a schema with the names of kinds instead of their numbers,
// which may be other ones in another version.
type journalSchema struct {
	driver.Schema
	Key, Columns []journalColumn
}

type journalColumn struct {
	driver.Column
	Kind string
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const checksumDigits = 8

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

func encodeLine(r *journalLine) ([]byte, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	line := fmt.Appendf(nil, "%0*x ", checksumDigits, checksum(body))
	return append(append(line, body...), '\n'), nil
}

// errTorn tells that a line was not written to its end.
var errTorn = errors.New("the line has no end")

func decodeLine(line []byte) (*journalLine, error) {
	line, whole := bytes.CutSuffix(line, []byte("\n"))
	if !whole {
		return nil, errTorn
	}
	sum, body, _ := bytes.Cut(line, []byte(" "))
	want, err := strconv.ParseUint(string(sum), 16, 32)
	if err != nil || len(sum) != checksumDigits || checksum(body) != uint32(want) {
		return nil, errors.New("the checksum is wrong")
	}
	r := &journalLine{}
	return r, json.Unmarshal(body, r)
}

func (j *journal) header() []byte {
	line, err := encodeLine(&journalLine{Version: journalVersion, Database: j.database})
	if err != nil {
		panic(err) // a number and a string can be encoded
	}
	return line
}

// encode returns the line of a step. Schemas that are new to the file become
// part of it.
func (j *journal) encode(s step) ([]byte, error) {
	r := &journalLine{Schemas: map[int]*journalSchema{}}
	for _, d := range s {
		c := journalChange{ID: d.id}
		if d.after != nil {
			n, known := j.schemas[d.after.schema]
			if !known {
				n = len(j.schemas) + 1
				j.schemas[d.after.schema] = n
				r.Schemas[n] = encodeSchema(d.after.schema)
			}
			c = encodeChange(d.id, n, &d.after.change)
		}
		r.Changes = append(r.Changes, c)
	}
	return encodeLine(r)
}

func encodeChange(id ID, schema int, c *Change) journalChange {
	e := journalChange{
		ID: id, Op: c.Op.String(), Schema: schema,
		Key: c.Key.Append(nil), NewKey: c.NewKey.Append(nil),
	}
	if c.Base != nil {
		e.Base = tuple.Tuple(c.Base).Append([]byte{})
	}
	for _, a := range c.Set {
		e.Set = append(e.Set, journalAssignment{Column: a.Column, Value: tuple.Of(a.Value).Append(nil)})
	}
	return e
}

// step returns the step that a line stands for, to be made next.
func (r *journalLine) step(c *ChangeSet, schemas map[int]*Schema) (step, error) {
	for n, e := range r.Schemas {
		s, err := e.decode()
		if err != nil {
			return nil, err
		}
		schemas[n] = s
	}
	var s step
	for i := range r.Changes {
		e := &r.Changes[i]
		d := delta{id: e.ID, before: c.changes[e.ID]}
		if e.Op != "" {
			st, err := e.decode(schemas[e.Schema])
			if err != nil {
				return nil, err
			}
			d.after = st
		}
		s = append(s, d)
	}
	return s, nil
}

func (e *journalChange) decode(s *Schema) (*staged, error) {
	if s == nil {
		return nil, fmt.Errorf("change %d is of schema %d, which is missing", e.ID, e.Schema)
	}
	c := Change{Table: s.Name}
	for op := Insert; op <= Delete; op++ {
		if op.String() == e.Op {
			c.Op = op
		}
	}
	key, err1 := tuple.Decode(e.Key)
	newKey, err2 := tuple.Decode(e.NewKey)
	base, err3 := tuple.Decode(e.Base)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	c.Key, c.NewKey = key, newKey
	if e.Base != nil {
		c.Base = append([]tuple.Value{}, base...)
	}
	for _, a := range e.Set {
		v, err := tuple.Decode(a.Value)
		if err != nil || len(v) != 1 {
			return nil, fmt.Errorf("change %d sets column %d to what is not a value", e.ID, a.Column)
		}
		c.Set = append(c.Set, Assignment{Column: a.Column, Value: v[0]})
	}
	return &staged{schema: s, change: c}, checkChange(s, &c)
}

func encodeSchema(s *Schema) *journalSchema {
	return &journalSchema{Schema: *s, Key: encodeColumns(s.Key), Columns: encodeColumns(s.Columns)}
}

func encodeColumns(columns []Column) []journalColumn {
	encoded := make([]journalColumn, len(columns))
	for i, c := range columns {
		encoded[i] = journalColumn{Column: c, Kind: c.Kind.String()}
	}
	return encoded
}

func (e *journalSchema) decode() (*Schema, error) {
	s := e.Schema
	var err1, err2 error
	s.Key, err1 = decodeColumns(e.Key)
	s.Columns, err2 = decodeColumns(e.Columns)
	return &s, errors.Join(err1, err2)
}

func decodeColumns(encoded []journalColumn) ([]Column, error) {
	columns := make([]Column, len(encoded))
	for i, e := range encoded {
		k := slices.Index(kindNames, e.Kind)
		if k < 0 {
			return nil, fmt.Errorf("column %s is of the unknown kind %q", e.Name, e.Kind)
		}
		columns[i] = e.Column
		columns[i].Kind = tuple.Kind(k)
	}
	return columns, nil
}

// kindNames holds the names of the kinds, by their numbers.
var kindNames = func() (names []string) {
	for k := tuple.KindNull; k <= tuple.KindOther; k++ {
		names = append(names, k.String())
	}
	return names
}()
