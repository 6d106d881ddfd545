package btree_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Run each mutant, those whose names match:
//
//	go test ./btree -run TestMutantsAreCaught -timeout 0 -v -mutants .
var mutantsFlag = flag.String("mutants", "", "a regular expression for the mutants that TestMutantsAreCaught runs, and not only looks for")

// mutant is a mistake in a place on which durability depends, and the tests that must fail when it is made.
type mutant struct {
	name     string
	file     string
	old, new string
	tests    string // a regular expression
}

// mutants are mistakes each of which could lose a commit or damage a file, most of them only when the power fails in one moment.
var mutants = []mutant{
	{"a checkpoint writes its meta without the sync before", "checkpoint.go",
		"	if err == nil {\n		err = db.sync()\n	}\n	if err == nil {\n		err = db.writeMeta(&c.meta)",
		"	if err == nil {\n		err = db.writeMeta(&c.meta)", cutTests},
	{"a commit of pages writes its meta without the sync before", "commit.go",
		"	if err := db.sync(); err != nil {\n		return err\n	}\n	if err := db.writeMeta(&next)",
		"	if err := db.writeMeta(&next)", cutTests},
	{"a meta is not synced", "commit.go",
		"	if err == nil {\n		return db.sync()\n	}\n	if back", "	if err == nil {\n		return nil\n	}\n	if back", cutTests},
	{"a file is not synced when it is opened after a kill", "open.go",
		"!opts.NoSync && !metas.settled()", "!opts.NoSync && false", cutTests},
	{"a meta is written over the newest one", "commit.go",
		"off := int64(1-db.place)", "off := int64(db.place)", cutTests},
	{"a new file's meta is written without the sync before", "open.go",
		"	if err := f.Sync(); err != nil {\n		return err\n	}\n	if err := writeFull(f, firstMeta", "	if err := writeFull(f, firstMeta", cutTests},
	{"the name of a new file is not synced", "open.go",
		"	return opts.FS.SyncDir(path)\n", "	return nil\n", cutTests},
	{"a page is free one version too early", "space.go",
		"freed[from].born <= newest", "freed[from].born < newest", cutTests},
	{"the version in the newest meta is not protected", "db.go",
		"db.logged.version, db.current.version, db.durable.version)", "db.logged.version, db.current.version)", cutTests},
	{"the version that snapshots begin with is not protected", "db.go",
		"db.logged.version, db.current.version, db.durable.version)", "db.logged.version, db.durable.version)", "TestSnapshotBesideASync"},
	{"the version that a sync makes durable is not protected", "db.go",
		"	if db.syncing != 0 {\n		vs = append(vs, db.syncing)\n	}\n", "", "TestCommitsDuringASync"},
	{"pages are given out while a checkpoint may be writing them", "checkpoint.go",
		"	if db.running == nil {\n		db.space.settle(", "	if true {\n		db.space.settle(", "TestPagesOfACheckpointUnderWay"},
	{"a space page is written over the current one", "space.go",
		"spacePage(s.pageSize, i, 1-g.place), version", "spacePage(s.pageSize, i, g.place), version", cutTests},
	{"the sum over the space pages is not looked at", "spaceload.go", "	if sum != m.space {", "	if false {", "TestDamagedSpacePageIsRefused"},
	{"a space page of a version that never was is believed", "spaceload.go", "got.version() > m.version", "false", cutTests},
	{"a failed commit's space pages are forgotten", "space.go", "		c.group.stale, c.group.changed = true, true\n", "		_ = c\n", faultTests},
	{"replay believes a record whose checksum is wrong", "logrecord.go",
		"r.version <= previous || le.Uint32(b[recCRC:]) != crc32.Checksum(b[recCRC+4:length], castagnoli)", "r.version <= previous || crc32.IEEE == 0", cutTests},
	{"two logs have the same generation", "log.go", "	_, _ = rand.Read(generation[:]) // it never fails\n", "	_ = rand.Read\n	generation[0] = 1\n", "TestEveryLogHasAGeneration"},
	{"replay believes records of another log", "logrecord.go",
		"le.Uint64(b[recGeneration:]) != generation || ", "", "TestOnlyRecordsThatFollowCount"},
	{"replay believes a record that follows another version", "logrecord.go",
		" || le.Uint64(b[recPrevious:]) != previous", "", "TestOnlyRecordsThatFollowCount"},
	{"replay reads one half of the log alone", "recover.go", "n == 0 && err == nil && !r.turned", "false", cutTests},
	{"a commit in the log returns before the sync", "group.go",
		"return db.current.version >= version || ", "return db.log != nil || db.current.version >= version || ", cutTests},
	{"a commit in the log returns before the trees can show it", "group.go", " && version > max(db.head.version, db.backlog.mixed)", "",
		"TestCommitReturnsWhenItIsSeen"},
	{"a checkpoint writes delayed commits whose record is still to come", "commitlog.go", "	if db.delayed.count > 0 {", "	if false {",
		"TestFullLogBesideDelayedCommits"},
	{"a sync is taken for one of what was written during it", "group.go",
		"	db.syncedTo = max(db.syncedTo, target)", "	db.syncedTo = max(db.syncedTo, target, db.newestVersion())", "TestCommitsDuringASync"},
	{"a record goes to the half of the log that a checkpoint under way needs", "commitlog.go",
		"	db.awaitCheckpoint()\n	if db.stuck", "	db.running = nil\n	if db.stuck", cutTests},
	{"a commit of pages does not name the log that it makes", "commit.go", "		next.log = logFile.place\n", "", cutTests},
	{"a checkpoint's meta names the half before", "checkpoint.go", "	c.meta.log = log\n", "	c.meta.log = log\n	c.meta.log.half ^= 1\n", cutTests},
	{"a turn goes to the half that a failed checkpoint left", "turn.go", "	if db.stuck || db.failed.Load() {", "	if db.failed.Load() {", "TestLogAfterAFailedCheckpoint"},
	{"versions from before a turn of the log and after it are made together", "backlog.go",
		"		most = b.upTo(b.turn.version)\n", "", turnTests},
	{"the meta of a turn names the half before", "turn.go", "	db.beginCheckpoint(turn.place)\n", "	turn.place.half ^= 1\n	db.beginCheckpoint(turn.place)\n", turnTests},
	{"after a failed checkpoint the other half of the log is used", "checkpoint.go", "db.stuck = c.err != nil", "db.stuck = false", "TestLogAfterAFailedCheckpoint"},
	{"a record that failed is not taken back", "group.go",
		"	back := writeFull(db.pager.file, make([]byte, recordHeader), off)\n", "	back := error(nil)\n", "TestFailedRecordNeverHappened"},
	{"a record that failed is taken back without a sync", "group.go", "		back = db.sync() //", "		//", "TestFailedWriteOfAGroup"},
	{"the commits of a group that failed stay", "group.go", "	b.commits = slices.Delete(b.commits, from, from+len(group))\n", "	_ = from\n", "TestFailedWriteOfAGroup"},
	{"a version that vanished is given again", "blind.go", "db.cancelled, db.backlog.lost)", "db.cancelled)", "TestFailedWriteOfAGroup"},
	{"who looks leaves the records that wait", "backlog.go", "	if all {\n		db.writeWaiting()", "	if false {\n		db.writeWaiting()", "TestLookWritesWhatWaits"},
	{"branches are written before they count the keys at the end of a tree", "pagebatch.go", "	tx.leaveTails()\n	if err := tx.within", "	if err := tx.within",
		"TestLeafThatIsWrittenGrowsNoMore"},
	{"a loop leaves a fault of its own to others", "bulk.go", "		defer recoverOwnFault(&l.inBody, debug.SetPanicOnFault(true), &c.err)\n", "		_ = debug.SetPanicOnFault\n",
		"TestFaultOfALoopIsItsError"},
	{"a comparison leaves a fault of its own to others", "diff.go", "	defer recoverOwnFault(&w.inBody, debug.SetPanicOnFault(true), &err)\n", "	_ = debug.SetPanicOnFault\n",
		"TestFaultOfALoopIsItsError"},
	{"a comparison recovers a fault of its body", "diff.go", "recoverOwnFault(&w.inBody, ", "recoverFault(", "TestFaultInTheBodyOfALoop"},
	{"the checkpoint of a turn begins before the trees are at its version", "turn.go", "turn.version == 0 || db.head.version != turn.version {",
		"turn.version == 0 {", "TestReaderDuringATurn"},
	{"readers make the trees catch up with what is not durable", "backlog.go", "n := min(most, b.upTo(db.syncedTo))", "n := most", "TestReaderDuringATurn"},
	{"the trees show what is not durable", "backlog.go", "		if next.version <= db.syncedTo {", "		if true {", "TestCommitReturnsWhenItIsSeen"},
	{"a sync makes trees be seen that it did not make durable", "group.go", "	if db.logged.version <= db.syncedTo {", "	if true {",
		"TestCommitReturnsWhenItIsSeen"},
	{"a log that was written over while it was read is believed", "follow.go", "if err == nil && db.durable.log.first != 0 {", "if false {",
		"TestFollowerWhileTheLog"},
	{"the file is cut while others read its end", "log.go", "end == m.pageEnd && len(db.procs.versions(m.version)) == 0 {", "end == m.pageEnd {",
		"TestCloseLeavesPages"},
	{"the file is cut to a meta that is not the newest", "close.go", "end < db.fileSize && db.bad < 0 {", "end < db.fileSize {", "TestDamagedMetaCan"},
	{"a meta that failed is taken back without a sync", "commit.go", "	if back := db.sync(); back != nil {", "	if back := error(nil); back != nil {",
		"TestFailedMetaNeverHappened"},
	{"records that wait take no room in the log", "blind.go", "db.log.fits(int(db.backlog.waiting) + n)", "db.log.fits(n)", "TestRecordsThatWait"},
	{"a meta that cannot be read is passed over", "open.go",
		"			return pair, err // not knowing", "			continue // not knowing", "TestUnreadableMeta"},
	{"the backlog is forgotten when the file is closed", "log.go", "	if err := db.catchUp(true); err != nil {\n		return err\n	}\n", "", "TestBacklogSurvives"},
	{"what was delayed is left out of the next record", "db.go",
		"tx.log = txLog{buf: db.record, limit: db.longestRecord(), memory: &db.recordMemory}\n	tx.logged = len(db.record)\n", "tx.log = txLog{limit: db.longestRecord(), memory: &db.recordMemory}\n", cutTests},
	{"the file is cut before both metas name the shorter end", "log.go", "		m.pageEnd = db.space.usedEnd(m.pageEnd)\n		m.version++\n		if err := db.writeMeta(&m); err != nil {\n			return err\n		}\n		db.place = 1 - db.place\n",
		"		m.pageEnd = db.space.usedEnd(m.pageEnd)\n", cutTests},
	{"two syncs happen at a time", "sync.go", "	db.syncMu.Lock()\n	defer db.syncMu.Unlock()\n", "", "TestSyncsHappenOneAtATime"},
	{"the first commit does not sync the file's name", "sync.go", "	if db.named {\n", "	if true {\n", "TestFirstCommitMakesTheNameDurable"},
	{"a failed sync does not stop writing", "sync.go", "	db.failed.Store(true)\n", "", faultTests},
	{"frames of written pages are used while somebody looks", "checkpoint.go", "tx.writable || tx.meta.version > r.after", "tx.writable", "TestSlicesOutliveACheckpoint"},
	{"a page that a kept version sees is given up", "keptcommit.go", "x.born > newest", "x.born >= newest", cutTests + "|TestKept"},
	{"dropping a version gives up pages that an older one has", "keptcommit.go", "older = max(older, ks[j].version)", "older = 0", cutTests + "|TestKept"},
	{"what replaces a file is renamed before it is synced", "backup.go", "f.Sync()", "error(nil)", "TestPowerCutDuringBackup"},
	{"records are written after a sync failed", "group.go", "len(group) > 0 && db.failed.Load()", "len(group) < 0 && db.failed.Load()", "TestFailedSyncLeaves"},
	{"a file is used that was replaced while its lock was waited for", "processes.go", "inPlace(f, path); there {", "inPlace(f, path); there || true {", "TestFileReplaced|TestFileRemoved|TestReplacingWhat"},
	{"a renamed file's folder is not synced", "replace.go", "fsys.SyncDir(path)", "error(nil)", "TestPowerCutDuringBackup"},
}

// The tests that cut the power, and those that make calls fail.
const (
	cutTests   = "TestEveryLossAtEverySync|TestPowerCut|TestManyPowerCuts|TestSoak"
	turnTests  = "TestBlindCommitsTurnTheLog|TestBacklog|" + cutTests
	faultTests = "TestEveryCallFails|TestFull|TestFailed"
)

// mutate returns the source of a file with the mistake made in it.
func (m mutant) mutate() ([]byte, error) {
	source, err := os.ReadFile(m.file)
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(source, []byte(m.old)); n != 1 {
		return nil, errors.New("the place of the mistake is not found once: change the mutant as the code has changed")
	}
	return bytes.Replace(source, []byte(m.old), []byte(m.new), 1), nil
}

// Each of the mistakes that could lose a commit is caught by a test. That takes a while, so without the flag it is only checked that
// there are the places for them.
func TestMutantsAreCaught(t *testing.T) {
	chosen, err := regexp.Compile(*mutantsFlag)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			source, err := m.mutate()
			if err != nil {
				t.Fatal(err)
			}
			if *mutantsFlag != "" && chosen.MatchString(m.name) {
				m.run(t, source)
			}
		})
	}
}

// run builds the tests with the mistake and runs them.
func (m mutant) run(t *testing.T, source []byte) {
	dir := t.TempDir()
	mutated, binary := filepath.Join(dir, m.file), filepath.Join(dir, "mutant.test")
	here, err := filepath.Abs(m.file)
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {here: mutated}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(mutated, source, 0o600), os.WriteFile(filepath.Join(dir, "overlay"), overlay, 0o600)); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "test", "-c", "-vet=off", "-o", binary, "-overlay", filepath.Join(dir, "overlay"), ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(binary, "-test.run", "^("+m.tests+")", "-test.failfast", "-test.timeout", "5m").CombinedOutput()
	if err == nil {
		t.Error("no test fails")
		return
	}
	failed := strings.SplitN(string(out), "--- FAIL: ", 3)
	t.Log(strings.TrimSpace(strings.SplitN(strings.Join(failed[1:], ""), "\n", 2)[0]))
}
