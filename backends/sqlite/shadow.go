//go:build cgo

package sqlite

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/rowan-db/rowan/backends/internal/sqlrows"
	"github.com/rowan-db/rowan/store/driver"
)

// shadowSuffixes are the ends of the names of the tables in which a virtual
// table keeps its data, for the modules that SQLite's own programs have and
// this one may lack. Of a module that it has, SQLite knows the tables itself.
// To write one by hand breaks the virtual table.
var shadowSuffixes = map[string][]string{
	"fts5":    {"data", "idx", "content", "docsize", "config"},
	"geopoly": {"node", "parent", "rowid"},
}

// mayBeShadow reports whether the name ends as that of a table of a module.
func mayBeShadow(name string) bool {
	at := strings.LastIndexByte(name, '_')
	for _, suffixes := range shadowSuffixes {
		if at >= 0 && slices.Contains(suffixes, strings.ToLower(name[at+1:])) {
			return true
		}
	}
	return false
}

var moduleName = regexp.MustCompile(`(?i)\busing\s+["'\[\x60]?(\w+)`)

// shadowTables returns the names, in lower case, of the tables that virtual
// tables of the modules in shadowSuffixes keep their data in, if they exist.
func shadowTables(ctx context.Context, q sqlrows.Querier) (map[string]bool, error) {
	names := map[string]bool{}
	query := "SELECT name, sql FROM main.sqlite_schema WHERE type = 'table' AND rootpage = 0"
	err := sqlrows.Each(ctx, q, query, nil, func(rows sqlrows.Rows) error {
		var name, create string
		if err := rows.Scan(&name, &create); err != nil {
			return err
		}
		for _, match := range moduleName.FindAllStringSubmatch(create, -1) {
			for _, suffix := range shadowSuffixes[strings.ToLower(match[1])] {
				names[strings.ToLower(name+"_"+suffix)] = true
			}
		}
		return nil
	})
	return names, err
}

// markShadows corrects the kinds of the tables of virtual tables.
func markShadows(ctx context.Context, q sqlrows.Querier, list []driver.TableInfo) error {
	shadows, err := shadowTables(ctx, q)
	for i := range list {
		if list[i].Kind == driver.Table && shadows[strings.ToLower(list[i].Name)] {
			list[i].Kind = driver.SystemTable
		}
	}
	return err
}
