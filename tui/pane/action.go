package pane

import (
	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
)

// Action is something that a pane asks of the program. It is a value, carried
// out at once and in order, unlike a command of Bubble Tea's.
type Action interface{ action() }

// The actions.
type (
	// Actions asks for several things, in order.
	Actions []Action

	// OpenTarget opens another database: a path, a URL or a profile's name.
	OpenTarget struct {
		Target   string
		ReadOnly bool
		Password Secret // typed by the user, empty if nothing was
	}
	// Unlock makes a database that is guarded writable for a while.
	Unlock struct{ Password Secret }
	// Lock ends that.
	Lock struct{}
	// DropTable removes a table and its rows. The user has agreed.
	DropTable struct{ Table string }
	// DropVersion gives a kept state up. The user has agreed.
	DropVersion struct{ Name string }
	// ShowKept shows a state that is kept by name in place of the present one.
	ShowKept struct{ Name string }
	// ShowPresent shows the present state again.
	ShowPresent struct{}
	// Compare shows what changed from a kept state to another one or, if To is
	// empty, to the present.
	Compare struct{ From, To string }
	// UndoCommits undoes the last commits. The user has agreed.
	UndoCommits struct{ Commits int }
	// Compact makes the file smaller. The user has agreed.
	Compact struct{}
	// EditProfile opens the form of the profile called Name or, without a name,
	// that of a new one for Target.
	EditProfile struct{ Name, Target string }
	// OpenTable shows a table in the grid.
	OpenTable struct{ Name string }
	// OpenView shows part of the table that the grid shows.
	OpenView struct{ Options store.ViewOptions }
	// GoTo shows the row with a key, in its table.
	GoTo struct {
		Table string
		Key   tuple.Tuple
	}
	// Selected tells that the grid's cursor is on another cell. Row is nil if
	// there is none.
	Selected struct {
		Schema *store.Schema
		Row    *store.Row
		// Column is an index into Schema.Key followed by Schema.Columns.
		Column int
		// Staged is the staged change of the row, if any.
		Staged *store.Staged
	}

	// ShowScan opens the scan form on a table, filled in with what is shown.
	ShowScan struct {
		Schema  *store.Schema
		Options store.ViewOptions
	}
	// EditCell opens the editor on a cell. The row is whole: nothing is cut.
	EditCell struct {
		Schema *store.Schema
		Row    store.Row
		Column int // as in Selected
		// Inserted is the staged insert that the row belongs to, 0 if none.
		Inserted store.ID
		// External asks for the user's own editor program.
		External bool
	}
	// InsertRow opens the form of a new row. Values, if not nil, is what the
	// form begins with: a duplicate.
	InsertRow struct {
		Schema *store.Schema
		Key    tuple.Tuple
		Values []tuple.Value
	}
	// Staged tells that the change set changed.
	Staged struct{}
	// Discard un-stages everything.
	Discard struct{}
	// UndoCommit stages the changes that take the last commit back.
	UndoCommit struct{}
	// Review opens the review of staged changes.
	Review struct{}
	// Commit writes what is staged. Committed follows, unless it fails.
	Commit struct {
		// Confirmed tells that the user has agreed to the number of changes.
		Confirmed bool
	}
	// StopCommit cancels the commit that runs.
	StopCommit struct{}
	// Committed tells what became of a commit: written, or conflicts.
	Committed struct{ Result *store.CommitResult }

	// Close closes the overlay that asks for it.
	Close struct{}
	// Focus moves the focus to the pane with this ID.
	Focus struct{ ID string }
	// Zoom gives the focused pane the whole screen, or takes it back.
	Zoom struct{}
	// Run runs a command by name, with an argument.
	Run struct{ Name, Arg string }
	// Confirm asks the user, and does Then if they agree.
	Confirm struct {
		Title, Text string
		// Word, if not empty, must be typed to agree.
		Word string
		// Yes labels the button that agrees.
		Yes  string
		Then Action
	}
	// Copy puts text on the clipboard. What says what it is: "cell", "row".
	Copy struct{ Text, What string }
	// Notice shows a line for a while. The text may hold anything.
	Notice struct {
		Text  string
		Level Level
	}
	// Report shows an error and offers to try again, if Retry is not nil.
	Report struct {
		Err   error
		Retry Action
	}
	// Reload reads everything that is shown again.
	Reload struct{}
	// SetTheme changes the theme, to a built-in one or to that of a file.
	SetTheme struct{ Name string }
	// PreviewTheme shows a built-in theme until the overlay that asks for it
	// closes; the empty name is the theme that was chosen.
	PreviewTheme struct{ Name string }
	// Quit leaves the program, after asking if changes are staged.
	Quit struct{}
	// QuitNow leaves the program. Staged changes stay in their journal.
	QuitNow struct{}
)

// Level says how a notice looks.
type Level uint8

// The levels.
const (
	Info Level = iota
	Success
	Warning
	Blocked
)

// Secret is text that is shown to nobody: printing it shows that it is one.
type Secret string

// String implements [fmt.Stringer].
func (Secret) String() string { return "(secret)" }

// GoString implements [fmt.GoStringer].
func (Secret) GoString() string { return "(secret)" }

func (Actions) action()      {}
func (OpenTarget) action()   {}
func (DropTable) action()    {}
func (DropVersion) action()  {}
func (ShowKept) action()     {}
func (ShowPresent) action()  {}
func (Compare) action()      {}
func (UndoCommits) action()  {}
func (Compact) action()      {}
func (EditProfile) action()  {}
func (Unlock) action()       {}
func (Lock) action()         {}
func (OpenTable) action()    {}
func (OpenView) action()     {}
func (GoTo) action()         {}
func (Selected) action()     {}
func (ShowScan) action()     {}
func (EditCell) action()     {}
func (InsertRow) action()    {}
func (Staged) action()       {}
func (Discard) action()      {}
func (UndoCommit) action()   {}
func (Review) action()       {}
func (Commit) action()       {}
func (StopCommit) action()   {}
func (Committed) action()    {}
func (Close) action()        {}
func (Focus) action()        {}
func (Zoom) action()         {}
func (Run) action()          {}
func (Confirm) action()      {}
func (Copy) action()         {}
func (Notice) action()       {}
func (Report) action()       {}
func (Reload) action()       {}
func (SetTheme) action()     {}
func (PreviewTheme) action() {}
func (Quit) action()         {}
func (QuitNow) action()      {}
