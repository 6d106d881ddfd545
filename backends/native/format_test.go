package native

import (
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/btree"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// TestFormatDocument reads docs/FORMAT.md as a program in another language
// would, and finds in a real file what it says.
func TestFormatDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	t.Run("keys", func(t *testing.T) { checkKeys(t, doc) })
	t.Run("row", func(t *testing.T) { checkRow(t, doc) })
	t.Run("pages", func(t *testing.T) { checkPages(t, doc) })
}

func checkKeys(t *testing.T, doc string) {
	rows := regexp.MustCompile("(?m)^\\| `(\\(.*\\))` \\| `([0-9a-f]+)` \\|$").FindAllStringSubmatch(doc, -1)
	if len(rows) < 20 {
		t.Fatalf("the table has only %d keys", len(rows))
	}
	for _, row := range rows {
		key, err := tuple.Parse(row[1])
		if err != nil {
			t.Error(err)
			continue
		}
		if got := hex.EncodeToString(key.Append(nil)); got != row[2] {
			t.Errorf("%s is %s, the document says %s", row[1], got, row[2])
		}
	}
}

// checkRow stores the row of the example and looks at its bytes in the tree.
func checkRow(t *testing.T, doc string) {
	example := regexp.MustCompile("The row `42, \"hi\", NULL` is `([0-9a-f ]+)`").FindStringSubmatch(doc)
	if example == nil {
		t.Fatal("the example of a row has gone")
	}
	db, path := create(t, Options{})
	s := &driver.Schema{
		Name: "t", Key: []driver.Column{{Name: "k", Kind: tuple.KindInt}},
		Columns: []driver.Column{
			{Name: "a", Kind: tuple.KindInt}, {Name: "b", Kind: tuple.KindText}, {Name: "c", Kind: tuple.KindInt, Nullable: true},
		},
	}
	if err := db.CreateTable(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	_, err := db.Apply(t.Context(), []driver.Change{{Op: driver.Insert, Table: "t", Key: tuple.Of(tuple.Int(7)), Set: []driver.Assignment{
		{Column: 0, Value: tuple.Int(42)}, {Column: 1, Value: tuple.Text("hi")},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := btree.Open(path, &btree.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	err = raw.View(func(tx *btree.Tx) error {
		tree, err := tx.Tree("t")
		if err != nil {
			return err
		}
		value, ok, err := tree.Get([]byte{0x15, 7})
		if got := hex.EncodeToString(value); got != strings.ReplaceAll(example[1], " ", "") {
			t.Errorf("the row is %s (%v), the document says %s", got, ok, example[1])
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// field returns the offset that a table of the document gives a field.
func field(t *testing.T, doc, section, name string) int {
	t.Helper()
	_, after, ok := strings.Cut(doc, "### "+section+"\n")
	if !ok {
		t.Fatalf("there is no section %s", section)
	}
	after, _, _ = strings.Cut(after, "\n### ")
	row := regexp.MustCompile(`(?m)^\| (\d+) \| \d+ \| ` + name).FindStringSubmatch(after)
	if row == nil {
		t.Fatalf("section %s has no field %s", section, name)
	}
	n, err := strconv.Atoi(row[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checkPages(t *testing.T, doc string) {
	db, path := create(t, Options{})
	for _, name := range []string{"ada", strings.Repeat("long ", 10_000)} {
		insert(t, db, name)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := checkMeta(t, doc, file)
	kinds := map[byte]int{}
	for n := 2; (n+1)*size <= len(file); n++ {
		p := file[n*size : (n+1)*size]
		sum := binary.LittleEndian.Uint32(p[field(t, doc, "Page header", "checksum"):])
		if sum != crc32.Checksum(p[4:], castagnoli) {
			continue // a page that was never written, or was given up
		}
		if number := binary.LittleEndian.Uint64(p[field(t, doc, "Page header", "page number"):]); number != uint64(n) {
			t.Errorf("page %d says that it is page %d", n, number)
		}
		kinds[p[field(t, doc, "Page header", "kind")]]++
	}
	for kind, name := range map[byte]string{1: "leaf", 3: "overflow", 4: "space"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s page, of kind %d, was found where the document says", name, kind)
		}
	}
}

// checkMeta compares the metas with the document and returns the page size.
func checkMeta(t *testing.T, doc string, file []byte) int {
	t.Helper()
	at := func(name string) int { return field(t, doc, "Meta", name) }
	if string(file[at("magic"):][:8]) != Magic {
		t.Errorf("the magic is % x", file[:8])
	}
	if got := binary.LittleEndian.Uint32(file[at("format version"):]); got != btree.FormatVersion {
		t.Errorf("the format version is %d", got)
	}
	size := int(binary.LittleEndian.Uint32(file[at("page size"):]))
	for page := range 2 {
		meta := file[page*size:]
		sum := at("checksum")
		if binary.LittleEndian.Uint32(meta[sum:]) != crc32.Checksum(meta[:sum], castagnoli) {
			t.Errorf("the checksum of meta %d is not where the document says", page)
		}
	}
	if a, b := binary.LittleEndian.Uint64(file[at("version:"):]), binary.LittleEndian.Uint64(file[size+at("version:"):]); a+1 != b && b+1 != a {
		t.Errorf("the versions of the metas are %d and %d", a, b)
	}
	return size
}
