package pane

import (
	"time"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/tui/style"
	"github.com/rowan-db/rowan/tui/task"
)

// Env is what all panes share. The root owns it; panes read it, and change the
// change set only through its methods.
type Env struct {
	Tasks  *task.Runner
	Styles *style.Styles
	// Store is what is shown of the open database, nil while none is: Present
	// or, if Kept is the name of a state that is kept, that.
	Store *store.Store
	// Present is the open database as it is now.
	Present *store.Store
	Kept    string
	// Writer is nil if nothing may be written; ReadOnly then says why.
	Writer   *store.Writer
	ReadOnly string
	// Changes holds what is staged. It is never nil. While a commit runs,
	// which has the set for itself, it is an empty one: see Lend.
	Changes *store.ChangeSet
	// Target is how the command line names the database, for commands that
	// are shown to be copied. It holds no secrets.
	Target string
	// Name is what people call the database: a profile's name, a file's.
	Name string
	// Environment is the profile's: "dev", "staging", "prod", or empty.
	Environment string
	// Now is the clock.
	Now func() time.Time

	lent      bool
	lentSince time.Time
}

// Lend takes the change set away, to be used on another goroutine, where a
// commit reads and empties it. Nobody on the update loop may have it meanwhile:
// Changes is an empty set until the result is in and the lent one is given to
// Return.
func (e *Env) Lend() *store.ChangeSet {
	lent := e.Changes
	e.Changes = store.NewChangeSet()
	e.lent, e.lentSince = true, e.Now()
	return lent
}

// Return ends a Lend.
func (e *Env) Return(lent *store.ChangeSet) { e.Changes, e.lent = lent, false }

// Committing returns for how long the change set has been lent; ok is false if
// it is not.
func (e *Env) Committing() (elapsed time.Duration, ok bool) {
	if !e.lent {
		return 0, false
	}
	return e.Now().Sub(e.lentSince), true
}

// Blocked says why nothing can be written to a table, nil for the database as a
// whole; it returns "" if something can.
func (e *Env) Blocked(s *store.Schema) string {
	switch {
	case e.Writer == nil && e.ReadOnly != "":
		return e.ReadOnly
	case e.Writer == nil:
		return "the database is open for reading only"
	case s != nil:
		return s.ReadOnly
	}
	return ""
}
