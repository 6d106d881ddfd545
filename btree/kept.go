package btree

import (
	"cmp"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"
)

// Kept versions
//
// A version is kept by a record of its catalog, in a list that the meta leads to. From then on the bitmaps of the space pages
// show its pages as in use, whatever later versions give up. Three things make that simple:
//
//   - A page's header has the version that it was born in, and whoever refers to a page is not older than the page.
//   - A page that a version gave up never comes back, so that the versions that a page belongs to follow one another.
//   - So a page that a commit gives up is seen by a kept version exactly if it was born in the newest of them or before, and
//     two versions can be compared by walking over the pages that differ (pagediff.go).
//
// A commit that changes the list writes its pages and a meta; it is never in the log.

// Version describes a version that the database keeps.
type Version struct {
	Name   string    // as given to Keep, "" of one that is kept because of Options.History
	Number uint64    // as Tx.Version returns it
	Time   time.Time // when it was committed, or replayed from the log after a crash
}

// maxVersionName is the length in bytes of the longest name of a kept version.
const maxVersionName = 255

// kept is a record of a kept version.
type kept struct {
	version uint64
	time    int64 // nanoseconds since 1970
	catalog treeRoot
	name    string
}

func (k *kept) describe() Version {
	return Version{Name: k.name, Number: k.version, Time: time.Unix(0, k.time)}
}

// Keep gives the newest version a name under which it stays readable, also after the database was closed, until DropVersion.
// Pages that only kept versions have in common with nobody else take room in the file. The name has 1 to 255 bytes; when it is
// taken, Keep returns ErrVersionExists. Keep is a commit, and waits for the write transaction that is open to end.
func (db *DB) Keep(name string) error {
	if name == "" || len(name) > maxVersionName {
		return fmt.Errorf("%w: a version's name of %d bytes, it has 1 to %d", ErrKeyTooLarge, len(name), maxVersionName)
	}
	return db.changeVersions(func(tx *Tx) error {
		if slices.ContainsFunc(db.kept, func(k kept) bool { return k.name == name }) {
			return fmt.Errorf("%w: %q", ErrVersionExists, name)
		}
		tx.keep = name
		return nil
	})
}

// DropVersion gives up a kept version, and the pages that only it has. Transactions that are reading it go on. It returns
// ErrNoVersion when there is none of that name.
func (db *DB) DropVersion(name string) error {
	return db.dropVersions(func(k *kept) bool { return name != "" && k.name == name }, fmt.Sprintf("%q", name))
}

// DropHistory gives up the versions that are kept because of Options.History.
func (db *DB) DropHistory() error {
	err := db.dropVersions(func(k *kept) bool { return k.name == "" }, "")
	if errors.Is(err, ErrNoVersion) {
		return nil
	}
	return err
}

func (db *DB) dropVersions(which func(*kept) bool, what string) error {
	return db.changeVersions(func(tx *Tx) error {
		for _, k := range db.kept {
			if which(&k) {
				tx.unkeep = append(tx.unkeep, k)
			}
		}
		if len(tx.unkeep) == 0 {
			return fmt.Errorf("%w: %s", ErrNoVersion, what)
		}
		return nil
	})
}

// changeVersions commits a transaction that changes nothing but the list of versions.
func (db *DB) changeVersions(fn func(*Tx) error) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	tx, err := db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := fn(tx); err != nil {
		return err
	}
	tx.changed = true
	return tx.Commit()
}

// Versions returns the kept versions, the oldest first.
func (db *DB) Versions() (vs []Version, err error) {
	err = db.View(func(tx *Tx) error {
		ks, err := tx.readVersions()
		for _, k := range ks {
			vs = append(vs, k.describe())
		}
		return err
	})
	return vs, err
}

// BeginVersion starts a read-only transaction of the kept version of that name, or returns ErrNoVersion.
func (db *DB) BeginVersion(name string) (*Tx, error) {
	return db.beginKept(func(k *kept) bool { return name != "" && k.name == name }, fmt.Sprintf("%q", name))
}

// BeginNumber starts a read-only transaction of the kept version of that number, or returns ErrNoVersion.
func (db *DB) BeginNumber(version uint64) (*Tx, error) {
	return db.beginKept(func(k *kept) bool { return k.version == version }, fmt.Sprint("number ", version))
}

func (db *DB) beginKept(which func(*kept) bool, what string) (tx *Tx, err error) {
	err = db.View(func(now *Tx) error {
		ks, err := now.readVersions()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(ks, func(k kept) bool { return which(&k) })
		if i < 0 {
			return fmt.Errorf("%w: %s", ErrNoVersion, what)
		}
		tx, err = now.beginOlder(&ks[i])
		return err
	})
	return tx, err
}

// beginOlder starts a transaction of a kept version that tx knows of. What tx protects is not reused before it ends, so that the
// kept version cannot go in between.
func (tx *Tx) beginOlder(k *kept) (*Tx, error) {
	db := tx.db
	db.mu.Lock()
	defer db.mu.Unlock()
	if err := db.pin(k.version); err != nil {
		return nil, err
	}
	m := tx.meta
	m.version, m.catalog = k.version, k.catalog
	older := db.newReaderOf(m)
	older.base = k.version // what it has pinned
	if tx.gated {
		db.gate.join()
		older.gated = true
	}
	return older, nil
}

// readVersions returns the kept versions that a transaction's version knows of, the oldest first.
func (tx *Tx) readVersions() ([]kept, error) {
	ref := tx.meta.versions
	if ref.length == 0 {
		return nil, nil
	}
	b, err := tx.readOverflow(makeRef(ref.first, ref.length))
	if err != nil {
		return nil, err
	}
	ks, ok := decodeVersions(b)
	if !ok {
		return nil, corrupt(ref.first, "the list of kept versions is damaged")
	}
	return ks, nil
}

// A record of the list: version 8, time 8, root of the catalog 40, length of the name 2, name.
const keptSize = 8 + 8 + rootSize + 2

func encodeVersions(ks []kept) []byte {
	var b []byte
	for _, k := range ks {
		b = le.AppendUint64(b, k.version)
		b = le.AppendUint64(b, uint64(k.time))
		b = append(b, make([]byte, rootSize)...)
		k.catalog.encode(b[len(b)-rootSize:])
		b = le.AppendUint16(b, uint16(len(k.name)))
		b = append(b, k.name...)
	}
	return b
}

func decodeVersions(b []byte) (ks []kept, ok bool) {
	for len(b) >= keptSize {
		k := kept{version: le.Uint64(b), time: int64(le.Uint64(b[8:])), catalog: decodeRoot(b[16:])}
		n := int(le.Uint16(b[keptSize-2:]))
		if b = b[keptSize:]; n > len(b) {
			return nil, false
		}
		k.name, b = string(b[:n]), b[n:]
		ks = append(ks, k)
	}
	return ks, len(b) == 0 && slices.IsSortedFunc(ks, byVersion)
}

func byVersion(a, b kept) int { return cmp.Compare(a.version, b.version) }
