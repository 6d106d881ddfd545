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
	if fault := faultOf(recover()); fault != nil {
		*err = fault
	}
}

// recoverOwnFault is recoverFault for what calls the body of a loop. A fault while the body runs is not its own: what recovers a panic
// of a body ends the program. View and Guard around the loop make an error of it.
func recoverOwnFault(inBody *bool, before bool, err *error) {
	debug.SetPanicOnFault(before)
	if *inBody {
		return
	}
	if fault := faultOf(recover()); fault != nil {
		*err = fault
	}
}

// faultOf returns the error that a recovered fault becomes, and nil when nothing was recovered. It panics with all else again.
func faultOf(r any) error {
	if r == nil {
		return nil
	}
	fault, ok := r.(interface {
		runtime.Error
		Addr() uintptr
	})
	if !ok {
		panic(r)
	}
	return fmt.Errorf("%w: %v; close the database and check the disk", ErrFault, fault)
}
