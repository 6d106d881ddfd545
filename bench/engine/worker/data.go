package worker

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// keyKind is a kind of keys; its name in commands is the length, or "user".
type keyKind int

const (
	key4    keyKind = iota // the number, big endian
	key8                   // the same in eight bytes
	key16                  // its bits mixed, then the number: in random places of the order
	keyUser                // user:00000012:profile
)

var keyKinds = map[string]keyKind{"4": key4, "8": key8, "16": key16, "user": keyUser}

const userKey = "user:00000000:profile"

// data makes keys and values of numbers.
type data struct {
	kind     keyKind
	min, max uint32 // lengths of values in bytes
	bytes    []byte // of a value, of which the first eight are the number
	keyBytes [len(userKey)]byte
}

func parseData(key, value string) (*data, error) {
	kind, ok := keyKinds[key]
	if !ok {
		return nil, fmt.Errorf("there is no kind of key %q", key)
	}
	lo, hi, varies := strings.Cut(value, "-")
	if !varies {
		hi = lo
	}
	d := &data{kind: kind}
	for _, n := range []struct {
		text string
		to   *uint32
	}{{lo, &d.min}, {hi, &d.max}} {
		x, err := strconv.ParseUint(n.text, 10, 16)
		if err != nil || x < 8 {
			return nil, fmt.Errorf("values have 8 to 65535 bytes, not %q", n.text)
		}
		*n.to = uint32(x)
	}
	d.bytes = bytes.Repeat([]byte{'v'}, int(d.max))
	return d, nil
}

// clone returns data for another goroutine.
func (d *data) clone() *data {
	c := *d
	c.bytes = bytes.Clone(d.bytes)
	return &c
}

func mix64(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xBF58476D1CE4E5B9
	x ^= x >> 27
	x *= 0x94D049BB133111EB
	return x ^ x>>31
}

// key returns the key of a number, until the next call.
func (d *data) key(x uint32) []byte { return d.keyIn(d.keyBytes[:], x) }

// keyIn is key in a buffer of the caller.
func (d *data) keyIn(b []byte, x uint32) []byte {
	switch d.kind {
	case key4:
		binary.BigEndian.PutUint32(b, x)
		return b[:4]
	case key8:
		binary.BigEndian.PutUint64(b, uint64(x))
		return b[:8]
	case key16:
		binary.BigEndian.PutUint64(b, mix64(uint64(x)))
		binary.BigEndian.PutUint64(b[8:], uint64(x))
		return b[:16]
	}
	n := copy(b, userKey)
	for i := 12; x > 0; i, x = i-1, x/10 {
		b[i] = byte('0' + x%10)
	}
	return b[:n]
}

// value returns the value of a number, until the next call.
func (d *data) value(x uint32) []byte {
	binary.LittleEndian.PutUint64(d.bytes, uint64(x))
	n := d.min
	if d.max != d.min {
		n += x * 2654435761 >> 8 % (d.max - d.min + 1)
	}
	return d.bytes[:n]
}

// number returns the number of a value.
func number(val []byte) uint64 { return binary.LittleEndian.Uint64(val) }

// sum is what one record adds to the sum of a scan.
func sum(key, val []byte) uint64 {
	return uint64(binary.LittleEndian.Uint32(key)) + number(val) + uint64(len(val))
}

// order is the numbers of a file, and how far the commands have come in it.
type order struct {
	numbers []uint32
	next    int
}

func readOrder(path string) (*order, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	o := &order{numbers: make([]uint32, len(b)/4)}
	for i := range o.numbers {
		o.numbers[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return o, nil
}

// take returns the next n numbers. Where fewer are left it begins anew.
func (o *order) take(n int) ([]uint32, error) {
	if n > len(o.numbers) {
		return nil, fmt.Errorf("the order has %d numbers, not %d", len(o.numbers), n)
	}
	if o.next+n > len(o.numbers) {
		o.next = 0
	}
	o.next += n
	return o.numbers[o.next-n : o.next], nil
}
