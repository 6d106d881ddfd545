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
//   - Keys that come in ascending order after all others are written at once, and fill pages. Others are collected, up to
//     Options.WriteBuffer bytes of them, sorted, and applied in the order of keys, so that a large transaction costs no search a
//     key. So Put and Remove do not look at the tree. What does, such as Get, Delete or a cursor, applies what was collected
//     first: a program that reads between its writes pays for a search each time.
//   - GetMany looks keys up side by side, a fraction of the time of as many calls of Get in a tree larger than the caches.
//   - The loops of Ascend and Descend cost less a key than Next, and in read-only transactions less than in others.
//   - Get, the steps of cursors and loops, and most Puts allocate nothing. A value too long for a leaf is copied by Get; Open
//     reads it where it lies.
//   - A small transaction that only puts and removes costs little more than the sync of its record in the log. Its changes are made
//     in the trees together with those of many others: in the background, or when somebody begins to read.
//   - A large transaction writes pages in the background while it goes on, those first that it has filled, so that its memory is
//     bounded however large it is, and little is left to write when it commits.
//   - DeleteRange gives up pages without reading them, unless the tree has values too long for a leaf.
//
// # What it guarantees
//
//   - A transaction is atomic, and durable once Commit returned nil, also when the process is killed or the power fails at any
//     moment. The file needs no repair: whoever opens it finds what was committed, in the trees or in the log.
//   - A read-only transaction sees one version, whatever is committed meanwhile. It never waits for the writer, and the writer
//     never waits for it, unless Options.Exclusive asks for that. It holds across processes, too. One that begins after many small
//     commits may first bring the trees up to date with them: as a rule with as many bytes of changes as an eighth of what the
//     file has, from 2 to 16 MB, and with 32 MB at most. Each leaf that they go to is copied for that, which takes tenths of a
//     second where they are scattered over a million records, and seconds over many millions. While somebody reads, commits leave
//     nothing to readers.
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
// docs/ENGINE.md lists what the package offers, with examples and tests. docs/TRANSACTIONS.md goes through all of it case by case:
// who sees what, and what is durable when.
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
//   - A writable transaction that is larger than its memory, Options.CacheSize and Options.WriteBuffer, writes pages to the file
//     before it commits. What it wrote is of no use to anybody when it is rolled back, or the process ends: the pages are used
//     again, and the file keeps its length until it is closed. Readers see nothing of that.
//   - Put and Remove do not say what was there before, and an error in applying what they collected comes from a later call, at
//     the latest from Commit. What is wrong with a key or value they tell at once.
//   - The file becomes shorter only when it is compacted, or closed; pages that were given up are used again.
//   - A record in the log of a file that was not closed which the disk changed afterwards looks like one that a crash tore: the
//     commits before it are there, and nothing tells of those from it on.
//   - A file on a disk that lies about having written, or with Options.NoSync, may be lost by a crash of the machine.
//
// # Limits
//
// Keys have at most a quarter of a page, 4096 bytes with the default page size; the empty key is a key. Values have at most
// MaxValueSize bytes and may be empty. A file has at most 2^48 pages and 2^63 bytes, or Options.MaxSize. What is beyond a limit is
// refused with ErrKeyTooLarge, ErrValueTooLarge or ErrFull, and nothing is changed then.
//
// # How it works: a tour of the files
//
// The package is one layer upon another, and a file belongs to one of them:
//
//	use       db.go options.go errors.go          Begin, View, Update; what may be set, what may go wrong
//	          tx.go bounds.go                     a transaction, a range of keys
//	trees     catalog.go tree.go cursor.go        by name; by key and position; step by step
//	          put.go delete.go bulk.go stream.go  one key, many keys, values piece by piece
//	commits   commit.go commitlog.go group.go     with two syncs, with one, with others
//	          log.go                              the log
//	          checkpoint.go recover.go            from the log to the trees, now and after a crash
//	versions  kept.go diff.go undo.go             kept, compared, gone back to
//	pages     page.go pager.go table.go           one page; where each one is
//	          space.go                            which are free
//	file      format.go meta.go vfs               its bytes, its head, the disk
//
// A file is an array of pages. format.go says what each byte of them means (docs/FORMAT.md shows it), page.go and heads.go read
// and change one, by the loads and stores of loads_*.go, and verify.go decides whether to believe one. A page is found by its
// number through the page table (table.go), which says whether it is in the mapping of the file (mapping.go), in a copy
// (pagecache.go) or, because it was changed, in a frame of memory (arena.go, from memory that arena_*.go gets from the system);
// pager.go puts these together. touch.go and warm.go look at memory before it is needed, and prefetch.go tells the processor of it
// (prefetch_asm.go, where prefetch_none.go does not stand in for it). Memory that was mapped may turn out not to be there; fault.go
// makes an error of that.
//
// A tree is its root page, and what that leads to. tree.go looks keys up and counts, search.go finds them within a page, getmany.go
// looks many up side by side; cursor.go, cursorread.go and iterate.go walk, over ranges that bounds.go makes. Values too long for
// a leaf lie in pages of their own (overflow.go), which stream.go reads and writes piece by piece. The trees of a database are
// found by their names in another tree, the catalog (catalog.go).
//
// What changes a tree begins in put.go and delete.go, or with many keys in bulk.go. Keys that come in order go to the end of the
// last leaf (tail.go). For others a write transaction collects changes in a buffer (buffer.go), sorts them (buffersort.go) and
// carries them out leaf by leaf (apply.go, merge.go), with another goroutine some leaves ahead (lookahead.go). A page is changed
// in a copy, which txpages.go makes; edit.go and build.go write pages with what scratch.go has for that, split.go and
// rebalance.go keep them full enough, and subtree.go rebuilds whole parts of a tree, as deleting a range and compact.go need it.
// A transaction that is larger than its memory writes pages before it commits: spill.go chooses them, pagebatch.go writes them
// together.
//
// A transaction (tx.go) is a version: the number, the root of the catalog and the end of the file, which is what a meta page holds
// (meta.go). One that reads keeps its version as it is; one that writes makes the next, of which savepoint.go and subcommit.go
// make several. db.go begins and ends transactions, and batch.go makes one of many; gate.go keeps readers and the writer apart
// where that is asked for, processes.go tells other processes what is being read, and opened*.go remembers who began to read,
// in builds with the tag btree_debug.
//
// A transaction ends in commit.go, which writes pages and a meta with two syncs (sync.go), in commitlog.go, which appends one
// record to the log (log.go, logrecord.go, recordmemory.go) with one sync that it may share with others (group.go), or in
// delay.go, which leaves everything in memory. One that has not looked at any tree needs none to commit (blind.go): its record
// waits in backlog.go until somebody looks. checkpoint.go writes to the trees what is in the log alone, in the background, while
// turn.go goes on in the other half of the log. Opening (open.go, with options.go) finds the newest meta and replays the log
// (recover.go, logahead.go); who opens a file only to read follows another process's metas and log (follow.go, followlog.go).
// Files are closed in close.go.
//
// Pages that a version gave up are used again when nobody can see them any more. space.go has the bitmaps of pages in use and the
// argument for it, spaceload.go reads them, limit.go holds them against Options.MaxSize. Versions that are kept are records of
// catalogs (kept.go, keptcommit.go); since pages never change, two versions are compared by the pages that differ (pagediff.go,
// diff.go, with a walk over each side in diffside.go), and undo.go goes back by such a difference.
//
// Compacting (compact.go) builds sparse parts anew and moves pages forward (move.go); compactto.go writes another file instead.
// check.go and checkkept.go look at everything there is, past all caches, and trust nothing; backup.go copies what they found
// sound. Files that take the place of others appear whole (replace.go), also those that upgrade.go makes of a file of the first
// format (format1.go). stats.go and memorystats.go count. errors.go has what is returned when something is wrong. The files
// default_*.go are what builds with the tags of tests have otherwise.
//
// Package vfs is the disk below, with doubles that cut the power, fail any call and count.
package btree
