// Package btree is an embedded, ordered key-value store: copy-on-write B+trees in a single file, one writer, any number of
// snapshot readers, and commits that survive a crash.
//
// # Use
//
// Open a file, then work in transactions: DB.View to read, DB.Update to write, or DB.Begin for a transaction that outlives
// a function. A transaction gives access to named trees, a Tree to its keys in ascending order of their bytes, and a Cursor
// walks over them. Ranges are from lo, inclusive, to hi, exclusive; Between makes one of any two bounds.
//
// # Speed
//
//   - Keys that come in ascending order after all others are written at once, and fill pages. Others are collected, Options.
//     WriteBuffer bytes of them, sorted, and applied in the order of keys, so that a large transaction costs no search a key. So
//     Put and Remove do not look at the tree. What does, such as Get, Delete or a cursor, applies what was collected first: a
//     program that reads between its writes pays for a search each time.
//   - GetMany looks keys up side by side, a fraction of the time of as many calls of Get in a tree larger than the caches.
//   - The loops of Ascend and Descend cost less a key than Next, and in read-only transactions less than in others.
//   - Get, the steps of cursors and loops, and most Puts allocate nothing. A value too long for a leaf is copied by Get; Open
//     reads it where it lies.
//   - A small transaction that only puts and removes costs little more than the sync of its record in the log. Its changes are made
//     in the trees together with those of many others: in the background, or when somebody begins to read.
//   - DeleteRange gives up pages without reading them, unless the tree has values too long for a leaf.
//
// # What it guarantees
//
//   - A transaction is atomic, and durable once Commit returned nil, also when the process is killed or the power fails at any
//     moment. The file needs no repair: whoever opens it finds what was committed, in the trees or in the log.
//   - A read-only transaction sees one version, whatever is committed meanwhile. It never waits for the writer, and the writer
//     never waits for it. That holds across processes, too.
//   - Every page carries a checksum, which is verified when the page is first touched. Damage becomes an error that matches
//     ErrCorrupt and names the page, never a wrong answer.
//   - Branches count the keys below them: Count, Rank and Select cost one or two descents, however large the range.
//   - The cost of a commit depends on the pages it changed, not on the size of the file, the number of free pages or the age
//     of the oldest reader.
//
// # Commits that wait, and parts of commits
//
// Tx.Subcommit shows what a transaction did so far to those who read, before it is committed or rolled back as a whole.
// Tx.Delay commits without touching the disk: later transactions of the process see the changes, and the next Commit or Sync makes
// them durable with its own. DB.Snapshot reads what is durable already.
//
// DB.Close leaves nothing to do to the next Open, and DB.Abandon as much as a crash would.
//
// With Options.Exclusive, readers and the writer wait for each other, so that the file holds one version and no more.
//
// docs/TRANSACTIONS.md goes through all of it case by case: who sees what, and what is durable when.
//
// # Versions, copies and statistics
//
// Keep gives the present version a name under which it stays readable, also by programs that open the file later, until
// DropVersion. Diff walks over what differs between two versions, Restore makes a transaction what another version is, and Undo
// takes back the last commits, as many as Options.History keeps. Backup and BackupTo copy the database while it is written,
// CompactTo writes it anew as small as it can be, and Compact makes the file itself small, while it is in use. Stats tell how the
// pages are used and who is reading, here and in other processes; in programs built with the tag btree_debug also where each
// reader was begun. Upgrade rewrites a file of an older format.
//
// # What it does not
//
//   - There is one writable transaction at a time, and one process that has the file open for writing. Others may read it
//     meanwhile, where the system has locks of ranges (Linux); elsewhere they may not.
//   - A writable transaction keeps the pages that it changed in memory until it commits.
//   - Put and Remove do not say what was there before, and an error in applying what they collected comes from a later call, at
//     the latest from Commit. What is wrong with a key or value they tell at once.
//   - The file becomes shorter only when it is compacted, or closed; pages that were given up are used again.
//   - A file on a disk that lies about having written, or with Options.NoSync, may be lost by a crash of the machine.
//
// # Limits
//
// Keys have at most a quarter of a page, 4096 bytes with the default page size; the empty key is a key. Values have at most
// MaxValueSize bytes and may be empty. A file has at most 2^48 pages.
package btree
