package btree_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/btree"
)

// childEnv makes the test binary run one of the child programs below instead of the tests.
const childEnv = "BTREE_TEST_CHILD"

// emulatorEnv names the program that runs the test binary, when this machine does not.
const emulatorEnv = "BTREE_TEST_EMULATOR"

func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "hold":
		exitOn(childHold(os.Args[1]))
	case "write":
		exitOn(childWrite(os.Args[1]))
	case "killed":
		exitOn(childKilled(os.Args[1]))
	case "read":
		exitOn(childRead(os.Args[1]))
	default:
		os.Exit(m.Run())
	}
}

func exitOn(err error) {
	if err != nil {
		fmt.Println("child:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// childHold keeps a database open until its input ends.
func childHold(path string) error {
	db, err := btree.Open(path, nil)
	if err != nil {
		return err
	}
	fmt.Println("open")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return db.Close()
}

// childWrite commits for ever: each transaction moves the counter on and rewrites some keys to agree with it. It prints the
// counter after every commit.
func childWrite(path string) error {
	db, err := btree.Open(path, &btree.Options{PageSize: smallPage})
	if err != nil {
		return err
	}
	for {
		n := uint64(0)
		err := db.Update(func(tx *btree.Tx) error {
			n, err = advanceTx(tx)
			return err
		})
		if err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// advanceTx is advance in the tree of childWrite, which it makes if there is none.
func advanceTx(tx *btree.Tx) (uint64, error) {
	tree, err := tx.Tree("t")
	if errors.Is(err, btree.ErrNoTree) {
		tree, err = tx.CreateTree("t")
	}
	if err != nil {
		return 0, err
	}
	return advance(tree)
}

// advance makes commit n of childWrite from the one before: key n is new, and a few keys spread over the tree get its value.
func advance(tree *btree.Tree) (uint64, error) {
	old, _, err := tree.Get([]byte("n"))
	if err != nil {
		return 0, err
	}
	n := uint64(1)
	if old != nil {
		n = binary.BigEndian.Uint64(old) + 1
	}
	val := binary.BigEndian.AppendUint64(nil, n)
	if err := tree.Put([]byte("n"), val); err != nil {
		return 0, err
	}
	for i := range uint64(20) {
		key := fmt.Sprintf("key%05d", (n+i*7919)%997)
		if err := tree.Put([]byte(key), []byte(strings.Repeat(string(val), int(n*i%50+1)))); err != nil {
			return 0, err
		}
	}
	return n, nil
}

func startChild(t *testing.T, what, path string, env ...string) (*exec.Cmd, io.WriteCloser, *bufio.Scanner) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, path)
	if emulator := os.Getenv(emulatorEnv); emulator != "" {
		cmd = exec.Command(emulator, exe, path)
	}
	cmd.Env = append(append(os.Environ(), childEnv+"="+what), env...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, in, bufio.NewScanner(out)
}

// programName returns the name by which the system knows a command's process.
func programName(cmd *exec.Cmd) string {
	name := filepath.Base(cmd.Path)
	return name[:min(len(name), 15)]
}

// Another process that has the file open for writing keeps this one from it, with an error that names both, until it ends.
func TestLockExcludesOtherProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), dbName)
	cmd, in, out := startChild(t, "hold", path)
	if !out.Scan() || out.Text() != "open" {
		t.Fatalf("the child says %q", out.Text())
	}
	for _, o := range []*btree.Options{nil, {LockTimeout: time.Millisecond}} {
		_, err := btree.Open(path, o)
		if !errors.Is(err, btree.ErrLocked) || !strings.Contains(err.Error(), path) {
			t.Errorf("opening a locked file with %+v: %v", o, err)
		}
		if name := fmt.Sprintf("process, %d (%q), for writing since 20", cmd.Process.Pid, programName(cmd)); runtime.GOOS == "linux" && !strings.Contains(err.Error(), name) {
			t.Errorf("the error does not name the %s: %v", name, err)
		}
	}
	waiting := make(chan error)
	go func() {
		db, err := btree.Open(path, &btree.Options{LockTimeout: time.Hour})
		if err == nil {
			err = db.Close()
		}
		waiting <- err
	}()
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := <-waiting; err != nil {
		t.Errorf("opening with a timeout, after the other process ended: %v", err)
	}
}

// afterCommits is what childWrite's first n commits leave.
func afterCommits(n uint64) contents {
	model := map[string]string{}
	for i := uint64(1); i <= n; i++ {
		val := string(binary.BigEndian.AppendUint64(nil, i))
		model["n"] = val
		for k := range uint64(20) {
			model[fmt.Sprintf("key%05d", (i+k*7919)%997)] = strings.Repeat(val, int(i*k%50+1))
		}
	}
	return contents{"t": model}
}

// openToShorten makes a file which a test then shortens while it is open.
func openToShorten(t *testing.T) (db *btree.DB, path string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not let a mapped file be shortened")
	}
	path = filepath.Join(t.TempDir(), dbName)
	db, err := btree.Open(path, &btree.Options{NoSync: true, CacheSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	return db, path
}

// A file that somebody shortens while it is mapped makes reads fail, not the process.
func TestShortenedFileIsAnErrorNotACrash(t *testing.T) {
	db, path := openToShorten(t)
	fill(t, db, 20000, 100, 1)
	if err := os.Truncate(path, 6*btree.DefaultPageSize); err != nil {
		t.Fatal(err)
	}
	failed := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, btree.ErrFault) && !errors.Is(err, btree.ErrCorrupt) {
			t.Errorf("%s in a shortened file: %v", what, err)
		}
	}
	_, err := dump(db)
	failed("a scan", err)
	tx, err := db.Begin(false)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := tx.Tree("t")
	if err == nil {
		_, _, err = tree.Get(key64(15000))
	}
	failed("Get", err)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	failed("Guard", db.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		c := tree.Cursor()
		for ok := c.Last(); ok; ok = c.Prev() {
		}
		return c.Err()
	}))
	_ = db.Close() // may fail: the file is not what it was
}
