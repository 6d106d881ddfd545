package pane

import "github.com/rowan-db/rowan/store"

// The actions about links and statements.
type (
	// OpenPart shows part of a table in the grid: what a link leads to.
	OpenPart struct {
		Name    string
		Options store.ViewOptions
	}
	// ShowConsole opens the console, with a text to begin with if that is not
	// empty.
	ShowConsole struct{ Text string }
	// HideConsole takes the console from the screen.
	HideConsole struct{}
	// ShowResult shows what a statement returned in the grid.
	ShowResult struct{ Result *store.Result }
	// Ask asks which of several things to do.
	Ask struct {
		Title, Text string
		Choices     []Choice
	}
	// ShowText shows a text to be read and copied.
	ShowText struct{ Title, Text string }
)

// Choice is one of the things that an Ask offers.
type Choice struct {
	Label string
	Then  Action
}

func (OpenPart) action()    {}
func (ShowConsole) action() {}
func (HideConsole) action() {}
func (ShowResult) action()  {}
func (Ask) action()         {}
func (ShowText) action()    {}
