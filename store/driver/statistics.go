package driver

import (
	"context"

	"github.com/rowan-db/rowan/store/tuple"
)

// Statistician is implemented by databases that can tell how their space and
// memory are used, and by whom.
type Statistician interface {
	// Statistics returns what there is to tell, in the order in which people
	// read it. It must not read whole tables.
	Statistics(ctx context.Context) ([]Statistic, error)
}

// Statistic is one thing that a database tells of itself.
type Statistic struct {
	// Section and Name say what it is: "file" and "free", for example. The
	// statistics of a section come one after the other, and their names
	// differ.
	Section, Name string
	// Value is a number, a text, or an instant.
	Value tuple.Value
	Unit  Unit
}

// Unit is what a number counts.
type Unit string

// The units.
const (
	NoUnit Unit = "" // the name says what is counted
	Bytes  Unit = "bytes"
)
