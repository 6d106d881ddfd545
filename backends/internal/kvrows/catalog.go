package kvrows

import (
	"encoding/json"
	"fmt"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// CatalogTree is the name of the tree that describes the others. It begins
// with a NUL so that it cannot be the name of a table: see [checkName].
const CatalogTree = "\x00catalog"

// catalogFormat is the number that each entry begins with in JSON. An entry
// with a higher one was written by a newer program and is not guessed at.
const catalogFormat = 1

// entry is a table in the catalog, under its name, as JSON.
type entry struct {
	Format     int              `json:"format"`
	Key        []entryColumn    `json:"key"`
	AutoKey    bool             `json:"auto_key,omitempty"`
	Columns    []entryColumn    `json:"columns"`
	References []entryReference `json:"references,omitempty"`
}

type entryReference struct {
	Name    string   `json:"name,omitempty"`
	Columns []string `json:"columns"`
	Table   string   `json:"table"`
	To      []string `json:"to"`
}

type entryColumn struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Nullable bool   `json:"nullable,omitempty"`
}

func newEntry(s *driver.Schema) entry {
	e := entry{
		Format: catalogFormat, Key: entryColumns(s.Key), AutoKey: canGenerate(s),
		Columns: entryColumns(s.Columns),
	}
	for _, r := range s.References {
		e.References = append(e.References, entryReference(r))
	}
	return e
}

// canGenerate reports whether keys are to be made: of one integer, they can.
func canGenerate(s *driver.Schema) bool {
	return s.AutoKey && len(s.Key) == 1 && s.Key[0].Kind == tuple.KindInt
}

func entryColumns(columns []driver.Column) []entryColumn {
	out := make([]entryColumn, len(columns))
	for i, c := range columns {
		out[i] = entryColumn{Name: c.Name, Kind: typeName(c.Kind), Nullable: c.Nullable}
	}
	return out
}

// schema returns what the entry of a table says.
func (e entry) schema(name string) (*driver.Schema, error) {
	key, err := schemaColumns(e.Key)
	if err != nil {
		return nil, err
	}
	columns, err := schemaColumns(e.Columns)
	if err != nil {
		return nil, err
	}
	if len(key) == 0 {
		return nil, fmt.Errorf("it has no key")
	}
	s := &driver.Schema{Name: name, Kind: driver.Table, Key: key, AutoKey: e.AutoKey, Columns: columns}
	for _, r := range e.References {
		s.References = append(s.References, driver.Reference(r))
	}
	return s, nil
}

func schemaColumns(columns []entryColumn) ([]driver.Column, error) {
	out := make([]driver.Column, len(columns))
	for i, c := range columns {
		kind, ok := kindNamed(c.Kind)
		if !ok {
			return nil, fmt.Errorf("column %q is of unknown kind %q", c.Name, c.Kind)
		}
		out[i] = driver.Column{Name: c.Name, Type: c.Kind, Kind: kind, Nullable: c.Nullable}
	}
	return out, nil
}

// typeName is the type of columns of a kind.
func typeName(k tuple.Kind) string {
	if k == tuple.KindNull {
		return anyType
	}
	return k.String()
}

func kindNamed(name string) (tuple.Kind, bool) {
	for k := tuple.KindNull; k <= tuple.KindOther; k++ {
		if typeName(k) == name {
			return k, true
		}
	}
	return 0, false
}

// describe returns the schema of a table as a transaction sees it.
func describe(tx Tx, name string) (*driver.Schema, error) {
	if _, ok, err := tx.Tree(name); err != nil || !ok || name == CatalogTree {
		return nil, noTable(name, err)
	}
	catalog, ok, err := tx.Tree(CatalogTree)
	if err != nil || !ok {
		return rawSchema(name), err
	}
	text, ok, err := catalog.Get([]byte(name))
	if err != nil || !ok {
		return rawSchema(name), err
	}
	return decodeEntry(name, text)
}

func noTable(name string, err error) error {
	if err != nil {
		return err
	}
	return driver.Errorf(driver.NoTable, "there is no table %q", name)
}

func decodeEntry(name string, text []byte) (*driver.Schema, error) {
	var e entry
	if err := json.Unmarshal(text, &e); err != nil {
		return nil, driver.Errorf(driver.Corrupt, "the catalog's entry of table %q is damaged: %w", name, err)
	}
	if e.Format > catalogFormat {
		return nil, driver.Errorf(driver.NewerFormat,
			"table %q is of catalog format %d, and this program knows formats up to %d", name, e.Format, catalogFormat).
			WithHint("open it with a newer version of the program")
	}
	s, err := e.schema(name)
	if err != nil {
		return nil, driver.Errorf(driver.Corrupt, "the catalog's entry of table %q is damaged: %w", name, err)
	}
	return s, nil
}

// create makes a table.
func create(tx Tx, s *driver.Schema) error {
	if err := checkSchema(s); err != nil {
		return err
	}
	if _, ok, err := tx.Tree(s.Name); err != nil {
		return err
	} else if ok {
		return driver.Errorf(driver.Exists, "there is already a table %q", s.Name)
	}
	if _, err := tx.CreateTree(s.Name); err != nil {
		return err
	}
	catalog, ok, err := tx.Tree(CatalogTree)
	if err == nil && !ok {
		catalog, err = tx.CreateTree(CatalogTree)
	}
	if err != nil {
		return err
	}
	text, err := json.Marshal(newEntry(s))
	if err != nil {
		return err
	}
	return catalog.Put([]byte(s.Name), text)
}

func checkSchema(s *driver.Schema) error {
	if err := checkName(s.Name); err != nil {
		return err
	}
	if len(s.Key) == 0 {
		return driver.Errorf(driver.Configuration, "table %q needs at least one key column", s.Name)
	}
	seen := map[string]bool{}
	for _, columns := range [][]driver.Column{s.Key, s.Columns} {
		for _, c := range columns {
			if c.Name == "" || seen[c.Name] {
				return driver.Errorf(driver.Configuration, "table %q has two columns named %q, or one without a name", s.Name, c.Name)
			}
			seen[c.Name] = true
		}
	}
	return nil
}

func checkName(name string) error {
	if name == "" || name[0] == 0 {
		return driver.Errorf(driver.Configuration, "%q cannot be the name of a table: it is empty or begins with NUL", name)
	}
	return nil
}

// drop removes a table, its rows and its entry.
func drop(tx Tx, name string) error {
	if _, ok, err := tx.Tree(name); err != nil || !ok || name == CatalogTree {
		return noTable(name, err)
	}
	if err := tx.DropTree(name); err != nil {
		return err
	}
	catalog, ok, err := tx.Tree(CatalogTree)
	if err != nil || !ok {
		return err
	}
	_, err = catalog.Delete([]byte(name))
	return err
}

// list returns the tables by name.
func list(tx Tx) ([]driver.TableInfo, error) {
	names, err := tx.Trees()
	if err != nil {
		return nil, err
	}
	tables := make([]driver.TableInfo, 0, len(names))
	for _, name := range names {
		if name != CatalogTree {
			tables = append(tables, driver.TableInfo{Name: name, Kind: driver.Table})
		}
	}
	return tables, nil
}
