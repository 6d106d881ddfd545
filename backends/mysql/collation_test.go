package mysql

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// awkward are texts that collations disagree on: case, accents, spaces and
// control characters at the end, characters that are ignored or expand.
var awkward = []string{
	"", " ", "a", "A ", "a\x01", "ab", "aB1", "á", "Äb", "ä", "z", "Z1", "ß", "ss", "œ", "oe", "ñ", "n~", "_", "%", "a_b", "a%b", "0", "10", "9", "é", "e\u0301x",
	"æ", "ÿ", "Þ", "al", "Alice", "ALBERT", "álgebra", "all ", "am",
}

// beyondLatin1 are more of them, where the character set has them.
var beyondLatin1 = []string{"ı", "İ", "ſ", "日本", "日", "🌲", "🌲a", "Ω", "\uffff", "\U0010ffff", "a\uffff", "al\uffffx"}

// TestCollatedKeys walks over tables whose keys are sorted by a collation, in
// pages of several sizes in both directions, and compares the walk with what
// the server sorts itself. Then it looks for what begins alike.
func TestCollatedKeys(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	for _, collation := range []string{
		"utf8mb4_general_ci", "utf8mb4_unicode_ci", "utf8mb4_bin", "utf8mb4_nopad_bin", "utf8mb4_unicode_nopad_ci", "utf8mb4_uca1400_ai_ci",
		"utf8mb4_swedish_ci", "utf8mb4_turkish_ci", "latin1_swedish_ci", "latin1_bin", "latin1_german2_ci", "latin1_general_ci", "utf16_general_ci", "utf8mb4_unicode_520_ci", "utf8mb3_general_ci",
	} {
		t.Run(collation, func(t *testing.T) {
			charset, _, _ := strings.Cut(collation, "_")
			if isMissing(t, db, collation) {
				t.Fatalf("the server has no collation %s", collation)
			}
			table := "t_" + collation
			run(t, name, fmt.Sprintf("CREATE TABLE %s (a VARCHAR(40) CHARACTER SET %s COLLATE %s, n INT, PRIMARY KEY (a, n)) DEFAULT CHARSET latin1", table, charset, collation))
			words := awkward
			if charset != "latin1" {
				words = slices.Concat(awkward, beyondLatin1)
			}
			if charset == "utf8mb3" {
				words = slices.DeleteFunc(words, func(w string) bool { return strings.ContainsFunc(w, func(r rune) bool { return r > 0xffff }) })
			}
			fillWords(t, db, table, words, charset)
			checkWalks(t, db, name, table)
			checkPrefixes(t, db, name, table)
		})
	}
}

func isMissing(t *testing.T, db *writer, collation string) bool {
	return text(t, db, "SELECT count(*) FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY WHERE FULL_COLLATION_NAME = '"+collation+"'") == "0"
}

func fillWords(t *testing.T, db *writer, table string, words []string, charset string) {
	t.Helper()
	var changes []driver.Change
	for i, w := range words {
		if charset == "latin1" && strings.ContainsFunc(w, func(r rune) bool { return r > 0xff && r != 'œ' }) {
			continue
		}
		for n := range 2 {
			changes = append(changes, driver.Change{Op: driver.Put, Table: table, Key: tuple.Of(tuple.Text(w), tuple.Int(int64(10*i+n)))})
		}
	}
	if _, err := db.Apply(context.Background(), changes); err != nil {
		t.Fatal(err)
	}
}

// sortedBy returns the numbers of the rows in the order of a query.
func sortedBy(t *testing.T, db *writer, query string, args ...any) []int64 {
	t.Helper()
	rows, err := db.pool.db.Query(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	numbers := []int64{}
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return numbers
}

// walk reads all pages of a range and returns the numbers of the rows, in the
// order of the scan.
func walk(t *testing.T, db *writer, s *driver.Schema, r tuple.Range, limit int, reverse bool) []int64 {
	t.Helper()
	numbers := []int64{}
	for {
		page, err := db.Scan(context.Background(), s, driver.Query{Range: r, Limit: limit, Reverse: reverse})
		if err != nil {
			t.Fatalf("scan %+v: %v", r, err)
		}
		for _, row := range page.Rows {
			numbers = append(numbers, row.Key[1].AsInt())
		}
		if !page.More {
			return numbers
		}
		last := page.Rows[len(page.Rows)-1].Key
		if reverse {
			r = r.Before(last)
		} else {
			r = r.After(last)
		}
	}
}

func checkWalks(t *testing.T, db *writer, database, table string) {
	t.Helper()
	s, err := db.Describe(context.Background(), table)
	if err != nil {
		t.Fatal(err)
	}
	up := sortedBy(t, db, "SELECT n FROM "+database+"."+table+" ORDER BY a, n")
	down := slices.Clone(up)
	slices.Reverse(down)
	for _, limit := range []int{1, 2, 7, 1000} {
		if got := walk(t, db, s, tuple.Range{}, limit, false); !slices.Equal(got, up) {
			t.Errorf("%d a page:\n got %v\nwant %v", limit, got, up)
		}
		if got := walk(t, db, s, tuple.Range{}, limit, true); !slices.Equal(got, down) {
			t.Errorf("%d a page, backward:\n got %v\nwant %v", limit, got, down)
		}
	}
	for _, n := range up {
		var word string
		if err := db.pool.db.QueryRow("SELECT a FROM "+database+"."+table+" WHERE n = ?", n).Scan(&word); err != nil {
			t.Fatal(err)
		}
		rows, err := db.Get(context.Background(), s, []tuple.Tuple{tuple.Of(tuple.Text(word), tuple.Int(n))})
		if err != nil || rows[0] == nil || rows[0].Key[0] != tuple.Text(word) {
			t.Errorf("get of %q: %v, %v", word, rows, err)
		}
	}
}

// checkPrefixes looks for what begins with a text: that is one stretch of the
// table, from the first to the last row that begins with it as LIKE sees it, or
// as the weights do that the collation sorts by.
func checkPrefixes(t *testing.T, db *writer, database, table string) {
	t.Helper()
	s, err := db.Describe(context.Background(), table)
	if err != nil {
		t.Fatal(err)
	}
	from := " FROM " + database + "." + table
	all := sortedBy(t, db, "SELECT n"+from+" ORDER BY a, n")
	for _, p := range []string{"a", "A", "al", "ä", "_", "a%", "s", "e", " ", "qq"} {
		pattern := strings.NewReplacer("_", "|_", "%", "|%").Replace(p) + "%"
		begin := sortedBy(t, db, "SELECT n"+from+" WHERE a LIKE ? ESCAPE '|' OR HEX(WEIGHT_STRING(a)) LIKE CONCAT(HEX(WEIGHT_STRING(CONVERT(? USING "+
			charsetOf(s)+") COLLATE "+collationOf(s)+")), '%') OR a = ? ORDER BY a, n", pattern, p, p)
		bound := tuple.PrefixPart(tuple.Of(tuple.Text(p)))
		got := walk(t, db, s, bound, 3, false)
		down := walk(t, db, s, bound, 3, true)
		slices.Reverse(down)
		if !slices.Equal(down, got) {
			t.Errorf("what begins with %q:\n%v\nbackward:\n%v", p, got, down)
		}
		if missing := slices.DeleteFunc(slices.Clone(begin), func(n int64) bool { return slices.Contains(got, n) }); len(missing) > 0 {
			t.Errorf("what begins with %q: %v\nlacks %v", p, got, missing)
		}
		if len(got) > 0 && (!slices.Contains(begin, got[0]) || !slices.Contains(begin, got[len(got)-1])) {
			t.Errorf("what begins with %q: %v\nis more than from the first to the last of %v", p, got, begin)
		}
		if count, err := db.Count(context.Background(), s, bound); err != nil || count != int64(len(got)) {
			t.Errorf("count of what begins with %q: %d, %v, want %d", p, count, err, len(got))
		}
		before := walk(t, db, s, tuple.Range{Upper: exclusive(bound.Lower)}, 100, false)
		after := walk(t, db, s, tuple.Range{Lower: exclusive(bound.Upper)}, 100, false)
		if joined := slices.Concat(before, got, after); !slices.Equal(joined, all) {
			t.Errorf("before %q, it, and after it:\n%v\n%v\n%v\nare not all: %v", p, before, got, after, all)
		}
	}
}

func collationOf(s *driver.Schema) string {
	if s.Key[0].Collation == "" {
		return "utf8mb4_nopad_bin"
	}
	return s.Key[0].Collation
}

func charsetOf(s *driver.Schema) string {
	charset, _, _ := strings.Cut(collationOf(s), "_")
	return charset
}

func exclusive(b tuple.Bound) tuple.Bound {
	b.Exclusive = true
	return b
}

// TestCollatedIdentity: keys that a collation takes for one are one row, which
// is found by any spelling, and the spelling can be changed.
func TestCollatedIdentity(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	ctx := context.Background()
	run(t, name, "CREATE TABLE t (a VARCHAR(20) COLLATE utf8mb4_general_ci PRIMARY KEY, v INT)", "INSERT INTO t VALUES ('Émile', 1)")
	s, err := db.Describe(ctx, "t")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Get(ctx, s, []tuple.Tuple{tuple.Of(tuple.Text("EMILE ")), tuple.Of(tuple.Text("Emil"))})
	if err != nil || rows[0] == nil || rows[0].Key[0] != tuple.Text("Émile") || rows[1] != nil {
		t.Errorf("get: %v, %v", rows, err)
	}
	applied, err := db.Apply(ctx, []driver.Change{{Op: driver.Insert, Table: "t", Key: tuple.Of(tuple.Text("emile"))}})
	if err != nil || len(applied.Conflicts) != 1 || applied.Conflicts[0].Current.Key[0] != tuple.Text("Émile") {
		t.Errorf("insert of the same: %+v, %v", applied, err)
	}
	applied, err = db.Apply(ctx, []driver.Change{{Op: driver.Update, Table: "t", Key: tuple.Of(tuple.Text("Émile")), NewKey: tuple.Of(tuple.Text("emile")), Base: []tuple.Value{tuple.Int(1)}}})
	if err != nil || len(applied.Conflicts) != 0 {
		t.Errorf("another spelling: %+v, %v", applied, err)
	}
	if got := text(t, db, "SELECT a FROM t"); got != "emile" {
		t.Errorf("the key is %q", got)
	}
}

// TestGreatestCharacter asks the server whether a collation sorts any character
// after the one that is taken for the last.
func TestGreatestCharacter(t *testing.T) {
	name := newDatabase(t)
	db := opened(t, connection(t, name)).(*writer)
	defer db.Close()
	rows, err := db.pool.db.Query("SELECT FULL_COLLATION_NAME, CHARACTER_SET_NAME, MAXLEN FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY JOIN information_schema.CHARACTER_SETS USING (CHARACTER_SET_NAME)")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	checked := 0
	for rows.Next() {
		var collation, charset string
		var width int
		if err := rows.Scan(&collation, &charset, &width); err != nil {
			t.Fatal(err)
		}
		last, ok := greatestCharacter(collation)
		if !ok {
			continue
		}
		checked++
		character, from := "CAST(CHAR(seq USING "+charset+") AS CHAR CHARACTER SET "+charset+")", "seq_1_to_255"
		if charset == "ascii" {
			from = "seq_1_to_127"
		}
		if width > 1 {
			character = "CONVERT(CAST(UNHEX(LPAD(HEX(seq), 8, '0')) AS CHAR CHARACTER SET utf32) USING " + charset + ")"
			from = "(SELECT seq FROM seq_1_to_255 UNION ALL SELECT seq FROM seq_64000_to_65535"
			if last > 0xffff || charset == "utf8mb4" || strings.HasPrefix(charset, "utf16") || charset == "utf32" {
				from += " UNION ALL SELECT seq FROM seq_1113800_to_1114111"
			}
			from += ") AS characters"
		}
		query := "SELECT count(*) FROM " + from + " WHERE " + character + " COLLATE " + collation + " > CONVERT(? USING " + charset + ") COLLATE " + collation
		var above int
		if err := db.changes.db.QueryRow(query, string(last)).Scan(&above); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		if above > 0 {
			t.Errorf("%s sorts %d characters after %U", collation, above, last)
		}
	}
	if err := rows.Err(); err != nil || checked < 100 {
		t.Errorf("%d collations checked, %v", checked, err)
	}
}
