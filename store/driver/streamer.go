package driver

import "context"

// Streamer is implemented as well by the readers of a database that hands out
// the rows of one long page while it still reads them: a whole table then takes
// few statements, and nobody waits between them.
type Streamer interface {
	// Streams reports whether the rows of a table can be read so. It does no
	// I/O.
	Streams(s *Schema) bool
	// Stream reads the page that [Reader.Scan] would, and gives each its rows
	// in order, in parts, as they arrive. A part belongs to each. The
	// statement waits for each to return, so that it should not take long; if
	// it reports false, the rest is not read.
	//
	// It reports whether there are rows after the last one that each was
	// given. After an error each may have been given some rows: they stand.
	Stream(ctx context.Context, s *Schema, q Query, each func(part []Row) (goOn bool)) (more bool, err error)
}
