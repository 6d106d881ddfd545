package btree

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Guard runs fn and turns a fault in mapped memory within it into an error that matches ErrFault. Slices that the package
// returns may lie in mapped memory; a program that reads them outside of View, Update and the package's own methods, and must
// survive that somebody shortens the file under it, does so in Guard.
func Guard(fn func() error) (err error) {
	defer recoverFault(debug.SetPanicOnFault(true), &err)
	return fn()
}

// recoverFault is deferred by every exported method that touches pages, with the earlier setting as its first argument:
//
//	defer recoverFault(debug.SetPanicOnFault(true), &err)
func recoverFault(before bool, err *error) {
	debug.SetPanicOnFault(before)
	r := recover()
	if r == nil {
		return
	}
	fault, ok := r.(interface {
		runtime.Error
		Addr() uintptr
	})
	if !ok {
		panic(r)
	}
	*err = fmt.Errorf("%w: %v; close the database and check the disk", ErrFault, fault)
}
