package btree_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The documents that argue by tests and examples name such as there are.
func TestDocumentsNameTheirTests(t *testing.T) {
	source := testSource(t)
	for _, name := range []string{"DURABILITY.md", "TRANSACTIONS.md", "ENGINE.md"} {
		doc, err := os.ReadFile("../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		names := regexp.MustCompile("`((?:Test|Example)\\w*)`").FindAllStringSubmatch(string(doc), -1)
		if len(names) < 20 {
			t.Errorf("%s names only %d tests", name, len(names))
		}
		for _, m := range names {
			if !strings.Contains(source, "func "+m[1]+"(") {
				t.Errorf("%s: there is no %s", name, m[1])
			}
		}
	}
}

// testSource returns the text of all tests of the engine and its disks.
func testSource(t *testing.T) string {
	var source strings.Builder
	for _, dir := range []string{".", "vfs"} {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), "_test.go") {
				continue
			}
			text, err := os.ReadFile(dir + "/" + f.Name())
			if err != nil {
				t.Fatal(err)
			}
			source.Write(text)
		}
	}
	return source.String()
}

// The tour of the package comment names each file, and none that is not there. A * stands for some letters.
func TestTourNamesEachFile(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{"doc.go": true}
	for _, pattern := range regexp.MustCompile(`[\w*]+\.go\b`).FindAllString(string(doc), -1) {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Errorf("there is no %s, %v", pattern, err)
		}
		for _, f := range files {
			named[f] = true
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") && !named[f] {
			t.Errorf("the tour in doc.go does not say what %s is for", f)
		}
	}
}
