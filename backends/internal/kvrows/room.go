package kvrows

import "github.com/rowan-db/rowan/store/tuple"

// room is memory for the values of rows that are read together: a piece for each
// would cost more than to decode it.
type room struct {
	free []tuple.Value
	next int // how many values to make room for, up to mostRoom
}

// mostRoom is for how many values room is made at once. It is not for all of a
// page: who keeps one row would keep the page.
const mostRoom = 256

// take returns n values, which belong to the caller.
func (r *room) take(n int) []tuple.Value {
	if r == nil || n > mostRoom/2 {
		return make([]tuple.Value, n)
	}
	if len(r.free) < n {
		r.next = min(max(2*r.next, n), mostRoom)
		r.free = make([]tuple.Value, max(r.next, n))
	}
	values := r.free[:n:n]
	r.free = r.free[n:]
	return values
}
