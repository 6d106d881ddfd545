package native

import (
	"os"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/store/driver"
)

// figures reads the statistics of a database.
func figures(t *testing.T, db driver.DB) map[string]driver.Statistic {
	t.Helper()
	all, err := db.(driver.Statistician).Statistics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]driver.Statistic{}
	for i, s := range all {
		key := s.Section + "/" + s.Name
		if _, twice := byName[key]; twice {
			t.Errorf("%s is there twice", key)
		}
		if i > 0 && s.Section != all[i-1].Section && byName[s.Section].Section != "" {
			t.Errorf("%s is in two places", s.Section)
		}
		byName[key], byName[s.Section] = s, s
	}
	return byName
}

// The statistics say what is in the file, how old the oldest reader is, and
// which versions are kept.
func TestStatistics(t *testing.T) {
	db, path := create(t, Options{})
	insert(t, db, "Ada")
	if err := db.(driver.Keeper).Keep(t.Context(), "monday"); err != nil {
		t.Fatal(err)
	}
	snap, err := db.(driver.Snapshotter).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	insert(t, db, "Grace")

	got := figures(t, db)
	size, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int64{
		"file/size": size.Size(), "file/page size": btree.DefaultPageSize, "file/rows": 3 * btree.DefaultPageSize,
		"tables/people": btree.DefaultPageSize, "kept versions/with a name": 1, "readers/transactions": 1,
	} {
		if n := got[name].Value.AsInt(); n != want {
			t.Errorf("%s: %d, want %d", name, n, want)
		}
	}
	if now, old := got["file/version"].Value.AsInt(), got["readers/oldest version"].Value.AsInt(); old >= now || old == 0 {
		t.Errorf("the oldest reader reads version %d of %d", old, now)
	}
	if !got["readers/oldest since"].Value.IsInstant() {
		t.Error("it is not said since when there is a reader")
	}
	if err := snap.Release(); err != nil {
		t.Fatal(err)
	}
	got = figures(t, db)
	if n := got["readers/transactions"].Value.AsInt(); n != 0 {
		t.Errorf("%d readers after the last one ended", n)
	}
	if _, ok := got["readers/oldest version"]; ok {
		t.Error("without readers there is an oldest version that they read")
	}
}

// What another process does with the file is told in words.
func TestWhatProcessesDo(t *testing.T) {
	for text, p := range map[string]btree.Process{
		"writes it, since ":                    {Writing: true},
		"reads it, looks at version 7, since ": {Versions: []uint64{7, 9}},
	} {
		if got := doing(p); !strings.HasPrefix(got, text) {
			t.Errorf("%q, want %q", got, text)
		}
	}
	s := btree.Stats{Processes: []btree.Process{{PID: 12, Program: "vi"}, {PID: 13}}}
	all := ofReaders(&s)
	if all[1].Name != "12 (vi)" || all[2].Name != "13" || all[1].Section != "other processes" {
		t.Errorf("%+v", all)
	}
}
