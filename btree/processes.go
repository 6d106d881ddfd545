package btree

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rowan-db/rowan/btree/vfs"
)

// Other processes may have the file open: one for writing, any number for reading. What they must know of each other is in the
// system's table of locks on the file itself, in places far beyond its end. There is no other file beside the database, nothing
// is left behind by a process that is killed, and reading takes no permission to write. Where a lock lies is what it says:
//
//	lockWriter      1 byte, exclusive: held by who has the file open for writing
//	lockWriters     1 byte, shared, at this plus seconds since 1970 << 22 plus process number: who that is, and since when
//	lockReaders     the same of everyone who has the file open for reading
//	lockVersions    1 byte, shared, at this plus version << 22 plus process number: the version is being read
//
// Only on-disk versions, those of a meta, are locked. A reader locks the version of the newest meta and then reads the metas
// again: if they are the same, its lock was there before the writer looked, after the next meta, whose pages it may use.
// The versions in these places are cut to 39 bits, and read as the nearest to the current one.
//
// Where the system or the file system has no locks of ranges, a file that is open for writing cannot be opened by another
// process, and neither can one that is open for reading be opened for writing.
const (
	lockWriter   = 1 << 62
	lockWriters  = lockWriter + 1<<56
	lockReaders  = lockWriter + 2<<56
	lockVersions = lockWriter + 1<<61

	pidBits     = 22
	versionBits = 61 - pidBits
	secondsBits = 33
)

// Process is a process that has the database open.
type Process struct {
	PID     int    // its number, as this process knows it
	Program string // its name, "" when the system does not tell
	// Since is when it opened the database, to the second.
	Since   time.Time
	Writing bool
	// Versions are the on-disk versions that it reads at present, in ascending order. A version that is listed for long keeps
	// the file from using pages again.
	Versions []uint64
}

// String names the process, what for it has the file open, and since when.
func (p Process) String() string {
	s := fmt.Sprint(p.PID)
	if p.Program != "" {
		s += fmt.Sprintf(" (%q)", p.Program)
	}
	what := "reading"
	if p.Writing {
		what = "writing"
	}
	return fmt.Sprintf("%s, for %s since %s", s, what, p.Since.Format(time.DateTime))
}

// processes is what a handle knows of other processes, and lets them know.
type processes struct {
	locks vfs.RangeLocker // nil where there are none: then nobody else has the file open in a way that matters
	pins  map[uint64]int  // versions that the handle has locked, and how often
}

// join takes the lock of a file for a handle.
func join(f vfs.File, readOnly bool) (*processes, error) {
	p := &processes{pins: map[uint64]int{}}
	if locks, ok := f.(vfs.RangeLocker); ok {
		err := p.announce(locks, readOnly)
		if err == nil {
			p.locks = locks
			return p, nil
		}
		if !errors.Is(err, vfs.ErrUnsupported) {
			return nil, err
		}
	}
	mode := vfs.Exclusive
	if readOnly {
		mode = vfs.Shared
	}
	return p, f.Lock(mode)
}

func (p *processes) announce(locks vfs.RangeLocker, readOnly bool) error {
	base := int64(lockReaders)
	if !readOnly {
		if err := locks.LockRange(lockWriter, 1, vfs.Exclusive); err != nil {
			return err
		}
		base = lockWriters
	}
	return locks.LockRange(base+time.Now().Unix()&(1<<secondsBits-1)<<pidBits+pid(), 1, vfs.Shared)
}

func pid() int64 { return int64(os.Getpid()) & (1<<pidBits - 1) }

// pin locks an on-disk version.
func (p *processes) pin(version uint64) error {
	if p.pins[version]++; p.pins[version] > 1 || p.locks == nil {
		return nil
	}
	err := p.locks.LockRange(versionPlace(version)+pid(), 1, vfs.Shared)
	if err != nil {
		delete(p.pins, version)
	}
	return err
}

// unpin takes one pin back. A lock that cannot be given up stays until the handle is closed, which costs space and no more.
func (p *processes) unpin(version uint64) {
	if p.pins[version]--; p.pins[version] > 0 {
		return
	}
	delete(p.pins, version)
	if p.locks != nil {
		_ = p.locks.UnlockRange(versionPlace(version)+pid(), 1)
	}
}

func versionPlace(version uint64) int64 {
	return lockVersions + int64(version&(1<<versionBits-1))<<pidBits
}

// versionAt is the inverse of versionPlace, for a version that is near the current one.
func versionAt(place int64, current uint64) uint64 {
	const window = 1 << versionBits
	v := uint64(place-lockVersions) >> pidBits
	v += current &^ (window - 1)
	if v > current+window/2 && v >= window {
		v -= window
	}
	return v
}

// find calls f for every place in [from, to) that other handles have locked, in any order.
func (p *processes) find(from, to int64, f func(place int64)) error {
	if p.locks == nil || from >= to {
		return nil
	}
	place, n, err := p.locks.FindLock(from, to-from)
	if err != nil || n == 0 {
		return err
	}
	if n != 1 {
		return fmt.Errorf("btree: a lock of %d bytes at %d is none of this package: another program has locked the file", n, place)
	}
	f(place)
	return errors.Join(p.find(from, place, f), p.find(place+1, to, f))
}

// versions returns the on-disk versions that other handles read, in no order. When that cannot be told, it is all of them,
// which version 0 stands for.
func (p *processes) versions(current uint64) []uint64 {
	var vs []uint64
	err := p.find(lockVersions, lockVersions+1<<61-1, func(place int64) { vs = append(vs, versionAt(place, current)) })
	if err != nil {
		return append(vs, 0)
	}
	return vs
}

// list returns the other processes that have the file open, the one that writes first.
func (p *processes) list(current uint64) ([]Process, error) {
	var ps []Process
	present := func(base int64, writing bool) error {
		return p.find(base, base+1<<(secondsBits+pidBits), func(place int64) {
			n := int((place - base) & (1<<pidBits - 1))
			ps = append(ps, Process{PID: n, Program: program(n), Since: time.Unix((place-base)>>pidBits, 0), Writing: writing})
		})
	}
	err := errors.Join(present(lockWriters, true), present(lockReaders, false))
	err = errors.Join(err, p.find(lockVersions, lockVersions+1<<61-1, func(place int64) {
		n := int((place - lockVersions) & (1<<pidBits - 1))
		i := slices.IndexFunc(ps, func(q Process) bool { return q.PID == n && !q.Writing })
		if i >= 0 {
			ps[i].Versions = append(ps[i].Versions, versionAt(place, current))
		}
	}))
	for _, q := range ps {
		slices.Sort(q.Versions)
	}
	return ps, err
}

// Processes returns the other processes that have the file open, the one that writes first. It knows of none on systems without
// locks of ranges, where a process that reads and one that writes exclude each other.
func (db *DB) Processes() ([]Process, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.isClosing() {
		return nil, ErrClosed
	}
	ps, err := db.procs.list(db.current.version)
	if err != nil {
		err = fmt.Errorf("btree: looking for other processes that have %s open: %w", db.path, err)
	}
	return ps, err
}

// program returns the name of a running program, "" when the system does not tell.
func program(pid int) string {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(name))
}

// openLocked opens a file and takes its lock. Who replaces a file has its lock meanwhile, so that the one that was opened may have lost
// its place by the time that it can be locked; what is committed to such a file, nobody would find. Then the one that is in the place
// now is opened.
func openLocked(path string, opts Options, open func() (vfs.File, error)) (vfs.File, *processes, error) {
	for {
		f, err := open()
		if err != nil {
			return nil, nil, err
		}
		procs, err := lock(f, path, opts)
		if err == nil {
			var there bool
			if there, err = inPlace(f, path); there {
				return f, procs, nil
			}
		}
		_ = f.Close()
		if err != nil {
			return nil, nil, err
		}
	}
}

// inPlace reports whether path still leads to the file, as far as the disk can tell.
func inPlace(f vfs.File, path string) (bool, error) {
	p, ok := f.(vfs.Placed)
	if !ok {
		return true, nil
	}
	there, err := p.InPlace()
	if err != nil {
		return false, fmt.Errorf("btree: opening %s: %w", path, err)
	}
	return there, nil
}

// lock takes the lock of the file, trying again until the timeout.
func lock(f vfs.File, path string, opts Options) (*processes, error) {
	deadline := time.Now().Add(opts.LockTimeout)
	for {
		p, err := join(f, opts.ReadOnly)
		if err == nil {
			return p, nil
		}
		if !errors.Is(err, vfs.ErrLocked) {
			return nil, fmt.Errorf("btree: locking %s: %w", path, err)
		}
		left := time.Until(deadline)
		if left <= 0 {
			return nil, lockedError(f, path, opts.ReadOnly)
		}
		time.Sleep(min(lockRetry, left))
	}
}

// lockedError names the process that has the file, when the system tells which one it is.
func lockedError(f vfs.File, path string, readOnly bool) error {
	who := ""
	if locks, ok := f.(vfs.RangeLocker); ok {
		ps, _ := (&processes{locks: locks}).list(0) // without an answer there is no name to give
		if i := slices.IndexFunc(ps, func(p Process) bool { return p.Writing }); i >= 0 {
			who = ", " + ps[i].String()
		}
	}
	if readOnly {
		who = ", for writing"
	}
	return fmt.Errorf("%w: %s is open in another process%s: close it there, or wait with a lock timeout", ErrLocked, path, who)
}
