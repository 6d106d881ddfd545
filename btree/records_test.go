package btree

import "testing"

// A record counts only after the version that it names, in its own log, and if it is newer and whole.
func TestOnlyRecordsThatFollowCount(t *testing.T) {
	record := make([]byte, recordHeader+3)
	copy(record[recordHeader:], "ops")
	const generation, previous, version = 5, 70, 71
	seal := func(previous, version uint64) []byte {
		sealRecord(record, generation, previous, version)
		return record
	}
	if r, n, ok := nextRecord(seal(previous, version), generation, previous); !ok || n != len(record) || r.version != version || string(r.ops) != "ops" {
		t.Fatalf("the record is %+v, %d bytes, %v", r, n, ok)
	}
	for what, b := range map[string]struct {
		b                    []byte
		generation, previous uint64
	}{
		"of another log":            {append([]byte(nil), seal(previous, version)...), generation + 1, previous},
		"after a version before":    {append([]byte(nil), seal(previous, version)...), generation, previous - 1},
		"after a version later":     {append([]byte(nil), seal(previous, version+1)...), generation, previous + 1},
		"of the version it follows": {append([]byte(nil), seal(previous, previous)...), generation, previous},
		"that ends early":           {seal(previous, version)[:len(record)-1], generation, previous},
		"with another last byte":    {append(append([]byte(nil), seal(previous, version)[:len(record)-1]...), 'S'), generation, previous},
		"that ends in its header":   {append([]byte(nil), seal(previous, version)[:recordHeader-1]...), generation, previous},
	} {
		if _, _, ok := nextRecord(b.b, b.generation, b.previous); ok {
			t.Errorf("a record %s counts", what)
		}
	}
}
