package worker

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// numbersFile writes numbers as the commands expect them.
func numbersFile(t *testing.T, numbers ...uint32) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "numbers")
	var b []byte
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// talk gives commands to a worker and returns its answers without the times.
func talk(t *testing.T, args []string, lines ...string) []string {
	t.Helper()
	var out bytes.Buffer
	if err := Serve(args, strings.NewReader(strings.Join(lines, "\n")+"\n"), &out); err != nil {
		t.Fatal(err)
	}
	var answers []string
	for line := range strings.Lines(out.String()) {
		words := slices.DeleteFunc(strings.Fields(line), func(w string) bool {
			return strings.HasPrefix(w, "ns=") || strings.HasPrefix(w, "bytes=") || strings.HasPrefix(w, "p99=")
		})
		answers = append(answers, strings.Join(words, " "))
	}
	return answers
}

func TestEnginesAnswerAlike(t *testing.T) {
	file := numbersFile(t, 7, 3, 9, 1, 5, 8)
	for _, kind := range [][]string{{"4", "100"}, {"8", "8"}, {"16", "20"}, {"user", "10-40"}} {
		var first []string
		for _, name := range Names() {
			got := talk(t, append([]string{name, t.TempDir()}, kind...),
				"fresh nosync", "put "+file+" 6 4", "get "+file+" 6", "getmany "+file+" 6", "scan", "back",
				"delete "+file+" 2", "scan", "open sync", "put "+file+" 2 1", "scan", "first sync 9", "size", "close")
			if strings.Contains(strings.Join(got, "\n"), "error") {
				t.Errorf("%s, %v: %q", name, kind, got)
			}
			if first == nil {
				first = got
			}
			if !slices.Equal(got, first) {
				t.Errorf("%s, %v:\n got %q\nwant %q", name, kind, got, first)
			}
		}
	}
}

func TestCutLeavesWhatIsOutside(t *testing.T) {
	file := numbersFile(t, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	for _, name := range Names() {
		got := talk(t, []string{name, t.TempDir(), "8", "8"}, "fresh nosync", "put "+file+" 10 10", "cut 2 6", "scan", "get "+file+" 2")
		if want := []string{"ok", "ok ops=10", "ok ops=1", "ok ops=6 sum=79", "ok ops=2 sum=17"}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestMissingKeysAreErrors(t *testing.T) {
	few, more := numbersFile(t, 1), numbersFile(t, 1, 2)
	for _, name := range Names() {
		got := talk(t, []string{name, t.TempDir(), "8", "8"}, "fresh nosync", "put "+few+" 1 1", "get "+more+" 2")
		if want := "error key 2 is missing"; got[2] != want {
			t.Errorf("%s: got %q, want %q", name, got[2], want)
		}
	}
}

func TestCommandsOfBtree(t *testing.T) {
	file := numbersFile(t, 0, 1, 2, 3, 4, 5, 6, 7)
	got := talk(t, []string{"btree", t.TempDir(), "4", "100"}, "fresh nosync", "load "+file+" 8", "open sync", "commit "+file+" 8 4", "scan",
		"crash "+file+" 4 2", "recover", "memory scan "+file+" 8", "memory put "+file+" 8", "allocs get "+file+" 8", "read "+file+" 1 writer")
	if want := []string{"ok", "ok ops=8", "ok", "ok ops=8", "ok ops=8", "ok", "ok ops=1", "ok ops=8", "ok ops=8", "ok allocs=", "error the order has"}; !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrongCommandsAreRefused(t *testing.T) {
	got := talk(t, []string{"btree", t.TempDir(), "4", "100"}, "scan", "fly", "get", "fresh nosync", "put /no/such/file 1 1", "allocs none x 1")
	for i, answer := range got {
		if want := i == 3; want != (answer == "ok") {
			t.Errorf("command %d: %q", i, answer)
		}
	}
	for _, args := range [][]string{{}, {"oracle", t.TempDir(), "4", "100"}, {"btree", t.TempDir(), "5", "100"}, {"btree", t.TempDir(), "4", "1"}, {"btree", t.TempDir(), "4", "x"}} {
		if err := Serve(args, strings.NewReader(""), &bytes.Buffer{}); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}

func TestValuesVaryInLengthAsSaid(t *testing.T) {
	d, err := parseData("user", "10-4000")
	if err != nil {
		t.Fatal(err)
	}
	shortest, longest := 1<<20, 0
	for x := range uint32(100_000) {
		v := d.value(x)
		if number(v) != uint64(x) {
			t.Fatalf("the value of %d has the number %d", x, number(v))
		}
		shortest, longest = min(shortest, len(v)), max(longest, len(v))
	}
	if shortest != 10 || longest != 4000 {
		t.Errorf("values of %d to %d bytes", shortest, longest)
	}
	if got := string(d.key(1234)); got != "user:00001234:profile" {
		t.Errorf("the key of 1234 is %q", got)
	}
}
