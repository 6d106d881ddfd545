package btree

import (
	"runtime/debug"
)

// Key returns the present key, or nil when the cursor is at none. The slice is valid until the next move.
func (c *Cursor) Key() []byte {
	if c.state != atKey || c.tx.done {
		return nil
	}
	if c.keyed {
		return c.key
	}
	if debug.SetPanicOnFault(true) { // whoever set it catches a fault: View and Guard do
		c.loadKey()
		return c.key
	}
	return c.guardedKey()
}

func (c *Cursor) guardedKey() (key []byte) {
	defer recoverFault(false, &c.err)
	c.loadKey()
	return c.key
}

// Value returns the value of the present key, or nil when the cursor is at none. The slice is valid as said at Tx.
func (c *Cursor) Value() ([]byte, error) {
	if c.quick > 0 && !c.tx.done && debug.SetPanicOnFault(true) {
		val, overflow := c.leaf.value(c.i)
		if overflow {
			return c.tx.readOverflow(val)
		}
		return val, nil
	}
	return c.guardedValue()
}

func (c *Cursor) guardedValue() (val []byte, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	raw, overflow, err := c.raw()
	if err != nil || !overflow {
		return raw, err
	}
	return c.tx.readOverflow(raw)
}

// ValueLen returns the length in bytes of the present key's value without reading it.
func (c *Cursor) ValueLen() (n uint64, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	raw, overflow, err := c.raw()
	if err != nil || !overflow {
		return uint64(len(raw)), err
	}
	_, n = splitRef(raw)
	return n, nil
}

// ValuePrefix returns the first n bytes of the present key's value, or all of it when it is not longer. It reads no more pages
// than it takes. The slice is valid as said at Tx.
func (c *Cursor) ValuePrefix(n int) (val []byte, err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	raw, overflow, err := c.raw()
	if err != nil {
		return nil, err
	}
	n = max(n, 0)
	if overflow {
		return c.tx.readOverflowPrefix(raw, uint64(n))
	}
	n = min(n, len(raw))
	return raw[:n:n], nil
}

// raw returns what the leaf holds for the present key. After a change of the tree it looks the key up again.
func (c *Cursor) raw() ([]byte, bool, error) {
	if c.state != atKey {
		return nil, false, c.err
	}
	if err := c.t.settled(false); err != nil {
		return nil, false, err
	}
	if c.gen == c.t.gen {
		val, overflow := c.leaf.value(c.i)
		return val, overflow, nil
	}
	p, err := c.t.leaf(c.key)
	if p == nil || err != nil {
		return nil, false, err
	}
	i, found := p.search(c.key)
	if !found {
		return nil, false, nil
	}
	val, overflow := p.value(i)
	return val, overflow, nil
}
