package cli

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestInfo reads as a person and as a program how large a file is.
func TestInfo(t *testing.T) {
	path := shopFile(t)
	r := rowan(t, "info", path)
	for _, want := range []string{"rowan file", path, "page size", "countries", "of the last commits"} {
		if r.code != exitDone || !strings.Contains(r.stdout, want) {
			t.Errorf("%q is not in %+v", want, r)
		}
	}
	file, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	sizes := map[string]int64{}
	for line := range strings.Lines(rowan(t, "info", path, "--json").stdout) {
		var s struct {
			Section, Name, Unit string
			Value               any
		}
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if n, ok := s.Value.(float64); ok && s.Unit == "bytes" {
			sizes[s.Section+"/"+s.Name] = int64(n)
		}
	}
	if sizes["file/size"] != file.Size() || sizes["tables/countries"] == 0 {
		t.Errorf("the file has %d bytes, and there is told %v", file.Size(), sizes)
	}
}

// TestInfoIsSafe has a table whose name is not to reach a terminal.
func TestInfoIsSafe(t *testing.T) {
	path := shopFile(t)
	createTable(t, path, "a\x1b[31m\nb")
	if r := rowan(t, "info", path); strings.ContainsRune(r.stdout, '\x1b') || !strings.Contains(r.stdout, "[31m") {
		t.Errorf("%q", r.stdout)
	}
}
