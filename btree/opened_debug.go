//go:build btree_debug

package btree

import "runtime/debug"

// opened remembers where each open read-only transaction was begun. It is guarded by DB.mu.
type opened struct{ at map[*Tx]string }

func (o *opened) begin(tx *Tx) {
	if o.at == nil {
		o.at = map[*Tx]string{}
	}
	o.at[tx] = string(debug.Stack())
}

func (o *opened) end(tx *Tx) { delete(o.at, tx) }

// stacks returns where the transactions of a version, other than but, were begun.
func (o *opened) stacks(version uint64, but *Tx) (stacks []string) {
	for tx, stack := range o.at {
		if tx != but && tx.meta.version == version {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}
