package btree

import (
	"fmt"
	"math"
	"time"

	"github.com/rowan-db/rowan/btree/vfs"
)

// Options say how a database is opened. The zero value, like a nil pointer, opens a file for reading and writing and makes it
// when there is none.
type Options struct {
	// ReadOnly opens an existing file without any way to write to it. It needs no permission to write. Any number of
	// processes may have the file open so at the same time, also while another one writes (see Open).
	ReadOnly bool

	// MustExist refuses to make a new file, or to initialise an empty one.
	MustExist bool

	// PageSize is the size in bytes of the pages of a new file: a power of two from MinPageSize to MaxPageSize, and
	// DefaultPageSize when it is 0. A file that exists keeps its own.
	PageSize int

	// NoSync lets commits return before anything reached the disk, which Close makes up for. A crash of the machine before
	// that may corrupt the file; a crash of the process does not.
	NoSync bool

	// NoLog writes the pages of every transaction when it commits, with two syncs, rather than the small ones to a log with one.
	NoLog bool

	// Exclusive makes write transactions and read-only ones of this handle wait for each other: there are many readers or one
	// writer (MURSIW), who come in in the order in which they ask. Then no version but the newest is in use when something is
	// written, so that pages given up by one commit are free for the next, and the file and the memory for pages stay as small
	// as they can be however long and often others read. In exchange a long transaction of either kind holds up the other
	// kind, and commits of several goroutines do not share syncs. As with sync.RWMutex, a goroutine that has a transaction open
	// must not begin another.
	//
	// It is about the goroutines that use this handle: processes that read the file are kept out by no option.
	Exclusive bool

	// LogSize is the size in bytes of the log, 64 MB when it is 0. The log is a part of the file, made when the fourth small
	// transaction shows that there may be many, or by one so large that the log is little beside it, and with the first small one
	// when LogSize is given; a clean Close takes it away. While it fills, pages collect in memory and are written then, so that a
	// larger log means less writing and more to replay after a crash: docs/BENCHMARKS.md says how fast.
	LogSize int

	// NoMap reads through a cache of copies rather than mapped memory, so that a slice returned can never fault.
	NoMap bool

	// CacheSize bounds in bytes the memory for pages that are not in the file yet, and for copies of pages where the file is not
	// mapped. It is 512 MB when it is 0. A writable transaction whose changed pages take half of it writes some to the file before
	// it commits, and changes them there with a copy more; pages that it has filled one after another it writes sooner, a
	// few megabytes at a time. 64 pages it may always have.
	CacheSize int

	// MaxSize is the most bytes that the file may have; when it is 0, 2^48 pages or 2^63 bytes. A commit that would make it larger fails
	// with ErrFull. A file that is larger already stays as it is. The last 16 pages are for transactions that give up as many
	// pages as they need, so that a full file can still be deleted from.
	MaxSize int64
	// History is how many of the last commits can be undone: with each commit its version is kept, and the one pushed out by it
	// is given up. Commits that are made with 0 cannot be undone, and leave the history as it is. After a crash the commits that
	// were in the log alone can be undone, too, if the file is opened with a History; handles that only read do not list them
	// before a checkpoint.
	History int
	// WriteBuffer bounds in bytes the keys and values that a writable transaction collects before it applies them in the order of
	// keys, 64 MB when it is 0. It is taken as the transaction needs it.
	WriteBuffer int

	// LockTimeout is how long to wait for another process that has the file open for writing. With 0, opening fails at once.
	LockTimeout time.Duration

	// FS is the disk, vfs.OS when nil.
	FS vfs.FS

	logAfter int  // how many small transactions go before the log is made
	inline   bool // nothing is written in the background while a transaction goes on, so that tests can be repeated exactly
}

const (
	defaultCacheSize   = 512 << 20
	defaultWriteBuffer = 64 << 20
	mostWriteBuffer    = 1 << 30
	defaultLogSize     = 64 << 20
	defaultLogAfter    = 4
)

// withDefaults returns a copy that is complete and valid.
func (o *Options) withDefaults() (Options, error) {
	var c Options
	if o != nil {
		c = *o
	}
	if c.PageSize == 0 {
		c.PageSize = DefaultPageSize
	}
	if !validPageSize(c.PageSize) {
		return c, fmt.Errorf("btree: a page size of %d bytes: it must be a power of two from %d to %d", c.PageSize, MinPageSize, MaxPageSize)
	}
	if c.History < 0 {
		return c, fmt.Errorf("btree: a history of %d versions", c.History)
	}
	if c.CacheSize <= 0 {
		c.CacheSize = defaultCacheSize
	}
	if c.WriteBuffer <= 0 {
		c.WriteBuffer = defaultWriteBuffer
	}
	c.WriteBuffer = min(c.WriteBuffer, mostWriteBuffer)
	c.logAfter = 1
	if c.LogSize <= 0 {
		c.LogSize, c.logAfter = defaultLogSize, defaultLogAfter
	}
	if c.NoLog || neverLog {
		c.logAfter = math.MaxInt
	}
	if c.FS == nil {
		c.FS = vfs.OS{}
	}
	return c, nil
}
