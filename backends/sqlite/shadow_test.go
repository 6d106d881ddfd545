//go:build cgo

package sqlite

import (
	"context"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
)

// TestShadowTables: the tables of a virtual table cannot be written, whether
// this program has its module or not.
func TestShadowTables(t *testing.T) {
	db := made(t, `CREATE VIRTUAL TABLE Docs USING fts5(body); CREATE VIRTUAL TABLE "a using fts5" USING "rtree"(id,x0,x1); CREATE VIRTUAL TABLE old USING fts4(a);
		CREATE TABLE docs_note(a); CREATE TABLE other_data(a); CREATE TABLE data(a); CREATE TABLE _data(a);`)
	list, err := db.Tables(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]driver.TableKind{}
	for _, ti := range list {
		kinds[ti.Name] = ti.Kind
	}
	for name, kind := range map[string]driver.TableKind{
		"Docs_data": driver.SystemTable, "Docs_idx": driver.SystemTable, "Docs_content": driver.SystemTable, "Docs_docsize": driver.SystemTable, "Docs_config": driver.SystemTable,
		"a using fts5_node": driver.SystemTable, "old_content": driver.SystemTable,
		"docs_note": driver.Table, "other_data": driver.Table, "data": driver.Table, "_data": driver.Table,
	} {
		s := described(t, db, name)
		if kinds[name] != kind || s.Kind != kind || (s.ReadOnly != "") != (kind == driver.SystemTable) {
			t.Errorf("%s is listed as a %q and described as a %q, %q, want %q", name, kinds[name], s.Kind, s.ReadOnly, kind)
		}
	}
}
