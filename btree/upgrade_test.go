package btree_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/btree/vfs"
)

// format1 writes a copy of testdata/format1.db.gz, which the first version of the format wrote, to a new folder.
func format1(t *testing.T) (path string) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "format1.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), dbName)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// format1Contents is what that file holds. It was written in several commits, so that it also has free pages.
func format1Contents() contents {
	const long = "long\x00name"
	c := contents{"empty": {}, "numbers": {}, "words": {}, long: {}}
	for i := range uint64(3000) {
		k := binary.BigEndian.AppendUint64(nil, i*7919%100003)
		c["numbers"][string(k)] = string(binary.LittleEndian.AppendUint64(nil, i))
	}
	for i := range 400 {
		k := strings.Repeat("prefix/", i%5) + fmt.Sprint(i)
		c["words"][k] = strings.Repeat(string(rune('a'+i%26)), i*i%700)
	}
	c["words"][""] = "the empty key"
	c["words"]["overflow"] = strings.Repeat("0123456789", 1500)
	for i := range 40 {
		c[long][strings.Repeat(fmt.Sprintf("%02d", i), 300)] = fmt.Sprint(i)
	}
	return c
}

// A file of the first format is refused with an error of its own, rather than taken for a damaged one.
func TestFirstFormatIsRefused(t *testing.T) {
	_, err := btree.Open(format1(t), &btree.Options{ReadOnly: true})
	if !errors.Is(err, btree.ErrOldVersion) || !errors.Is(err, btree.ErrVersion) || errors.Is(err, btree.ErrCorrupt) {
		t.Fatalf("opening a file of the first format: %v, want ErrOldVersion", err)
	}
}

// A file of the first format is rewritten in the present one, with the same permissions and all that was in it.
func TestUpgrade(t *testing.T) {
	path := format1(t)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []bool{true, false} { // the second time there is nothing to do
		if got, err := btree.Upgrade(t.Context(), path, nil); err != nil || got != want {
			t.Fatalf("upgraded: %v, %v; want %v", got, err, want)
		}
	}
	db, err := btree.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	mustCheck(t, db)
	mustHold(t, db, format1Contents())
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the permissions are %v, %v", info.Mode(), err)
	}
	onlyFile(t, path)
}

// onlyFile checks that nothing else is in the folder of a file.
func onlyFile(t *testing.T, path string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

// A file of the first format that somebody has open, or that is damaged, stays as it is.
func TestUpgradeLeavesWhatItCannotRewrite(t *testing.T) {
	path := format1(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := newRand(1)
	failures := 0
	for range 60 {
		damaged := slices.Clone(whole)
		for at := r.IntN(len(damaged)); at < len(damaged) && r.IntN(2000) > 0; at++ {
			damaged[at] ^= 0x55
		}
		disk := &vfs.Mem{}
		disk.WriteFile(dbName, damaged)
		_, err := btree.Upgrade(t.Context(), dbName, &btree.Options{FS: disk})
		if err != nil {
			failures++
			if !bytes.Equal(disk.ReadFile(dbName), damaged) {
				t.Fatalf("after %v the file is another", err)
			}
			continue
		}
		mustHold(t, open(t, disk, btree.Options{}), format1Contents())
	}
	if failures < 10 || failures > 55 {
		t.Errorf("%d of 60 damaged files could not be upgraded: the test is too easy or too hard", failures)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := btree.Upgrade(ctx, path, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, whole) {
		t.Error("a canceled upgrade changed the file")
	}
	onlyFile(t, path)
}

// Whenever the power fails during an upgrade, what is found is the old file or the new one.
func TestPowerCutDuringUpgrade(t *testing.T) {
	old, err := os.ReadFile(format1(t))
	if err != nil {
		t.Fatal(err)
	}
	r := newRand(2)
	finished := false
	for failAt := 1; !finished; failAt += 1 + failAt/6 {
		disk := &vfs.Mem{}
		disk.WriteFile(dbName, old)
		inject := &vfs.Inject{Base: disk, Hook: func(c vfs.Call) error {
			if c.N >= failAt {
				return errPower
			}
			return nil
		}}
		_, err := btree.Upgrade(t.Context(), dbName, &btree.Options{FS: inject})
		finished = err == nil
		disk = disk.PowerCut(r)
		if bytes.Equal(disk.ReadFile(dbName), old) {
			continue
		}
		db := open(t, disk, btree.Options{MustExist: true})
		mustCheck(t, db)
		mustHold(t, db, format1Contents())
	}
}
