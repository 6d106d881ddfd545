package grid

import (
	"github.com/rowan-db/rowan/store"
)

// marks are the rows that the user marked, to do something to all of them.
// They are kept as objects with their keys, so that they may have scrolled
// away.
type marks struct {
	rows map[string]*store.Row // by encoded key
	keys []string              // in the order of marking
}

func markKey(r *store.Row) string { return string(r.Key.Append(nil)) }

// toggle marks a row, or unmarks it. A staged insert cannot be marked.
func (k *marks) toggle(l line) {
	key := markKey(l.row)
	if _, ok := k.rows[key]; ok {
		k.remove(key)
		return
	}
	if k.rows == nil {
		k.rows = map[string]*store.Row{}
	}
	k.rows[key] = l.row
	k.keys = append(k.keys, key)
}

func (k *marks) remove(key string) {
	delete(k.rows, key)
	for i, other := range k.keys {
		if other == key {
			k.keys = append(k.keys[:i:i], k.keys[i+1:]...)
			return
		}
	}
}

func (k *marks) has(l line) bool {
	if len(k.rows) == 0 || l.inserted() != 0 {
		return false
	}
	_, ok := k.rows[markKey(l.row)]
	return ok
}

// renew replaces marked rows by newer readings of them.
func (k *marks) renew(rows []*store.Row) {
	if len(k.rows) == 0 {
		return
	}
	for _, r := range rows {
		if key := markKey(r); k.rows[key] != nil {
			k.rows[key] = r
		}
	}
}

// all returns the marked rows, in the order of marking.
func (k *marks) all() []*store.Row {
	rows := make([]*store.Row, len(k.keys))
	for i, key := range k.keys {
		rows[i] = k.rows[key]
	}
	return rows
}

// last returns the encoded key of the row that was marked last.
func (k *marks) last() (key string, ok bool) {
	if len(k.keys) == 0 {
		return "", false
	}
	return k.keys[len(k.keys)-1], true
}

func (k *marks) len() int { return len(k.keys) }

func (k *marks) clear() { *k = marks{} }
