package sqltext

import (
	"slices"
	"strings"
	"testing"
)

// The dialects that tests use, as the backends have them.
var (
	standard = Dialect{}
	dollars  = Dialect{DollarQuotes: true, EscapeStrings: true, NestedComments: true, Bodies: true}
	ticks    = Dialect{BackslashEscapes: true, Backticks: true, HashComments: true, DashNeedsSpace: true, ExecutableComments: true, Delimiter: true, Bodies: true}
	lite     = Dialect{Backticks: true, Brackets: true, Bodies: true}
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name    string
		dialect Dialect
		script  string
		want    []string
	}{
		{"nothing", standard, "", nil},
		{"spaces and comments", standard, " ;; -- x;\n /* a;b */ ;", nil},
		{"two", standard, "select 1;\nselect 2", []string{"select 1", "select 2"}},
		{"without the comments around", standard, "/* a */ select /* b */ 1 -- c\n; -- d", []string{"select /* b */ 1"}},
		{"strings", standard, "select ';''; ', \";\"\";\"; x", []string{"select ';''; ', \";\"\";\"", "x"}},
		{"an open string", standard, "select '; x", []string{"select '; x"}},
		{"an open comment", standard, "select 1 /* ; x", []string{"select 1"}},
		{"a comment at the end", standard, "select 1 --", []string{"select 1"}},
		{"a backslash is one", standard, `select '\'; x`, []string{`select '\'`, "x"}},
		{"no dollar quotes", standard, "select $$;$$", []string{"select $$", "$$"}},
		{"dollar quotes", dollars, "do $$ a; b $$; do $f$ $$; $g$; $f$; x", []string{"do $$ a; b $$", "do $f$ $$; $g$; $f$", "x"}},
		{"arguments are no quotes", dollars, "select $1; select $2", []string{"select $1", "select $2"}},
		{"a name with dollars", dollars, "select a$b$; select c$b$", []string{"select a$b$", "select c$b$"}},
		{"an open dollar quote", dollars, "do $x$ a; b", []string{"do $x$ a; b"}},
		{"escape strings", dollars, `select E'\';', '\'; x`, []string{`select E'\';', '\'`, "x"}},
		{"nested comments", dollars, "select /* a /* b */ ; c */ 1; x", []string{"select /* a /* b */ ; c */ 1", "x"}},
		{"comments that do not nest", standard, "select /* a /* b */ 1; c */ 2", []string{"select /* a /* b */ 1", "c */ 2"}},
		{"a body of statements", dollars, "create function f() returns int begin atomic select 1; select case when a then b end; end; x",
			[]string{"create function f() returns int begin atomic select 1; select case when a then b end; end", "x"}},
		{"a transaction is no body", dollars, "begin; create table t (a int); end; x", []string{"begin", "create table t (a int)", "end", "x"}},
		{"a table with a column called trigger", lite, "create table t (begin int, trigger int); x", []string{"create table t (begin int, trigger int)", "x"}},
		{"a trigger", lite, "create temp trigger if not exists a after insert on t begin update t set x = case y when 1 then 2 end; select 1; end; x",
			[]string{"create temp trigger if not exists a after insert on t begin update t set x = case y when 1 then 2 end; select 1; end", "x"}},
		{"brackets", lite, "select [a;b], `c;d`; x", []string{"select [a;b], `c;d`", "x"}},
		{"backslashes", ticks, `select '\';', "\";"; x`, []string{`select '\';', "\";"`, "x"}},
		{"hash and dashes", ticks, "select 1 # ;\n; select 1--1; -- ;\n x", []string{"select 1", "select 1--1", "x"}},
		{"what is run in a comment", ticks, "/*!50000 select 1 */; /*M! select 2 */; /* 3 */;", []string{"/*!50000 select 1 */", "/*M! select 2 */"}},
		{"a delimiter", ticks, "delimiter //\ncreate procedure p() begin a; end//\nx//\nDELIMITER ;\ny; z",
			[]string{"create procedure p() begin a; end", "x", "y", "z"}},
		{"a procedure without a delimiter", ticks, "create procedure p() begin if a then b; end if; while c do d; end while; case e when 1 then f; end case; end; x",
			[]string{"create procedure p() begin if a then b; end if; while c do d; end while; case e when 1 then f; end case; end", "x"}},
		{"a word that begins like the command", ticks, "delimiters; x", []string{"delimiters", "x"}},
		{"not UTF-8", standard, "select '\xff;\xfe'; \xff", []string{"select '\xff;\xfe'", "\xff"}},
	} {
		var got []string
		for _, s := range c.dialect.Split(c.script) {
			got = append(got, s.Text)
			if !strings.HasPrefix(c.script[s.Start:], s.Text) || s.End < s.Start+len(s.Text) {
				t.Errorf("%s: %q is not from %d to %d", c.name, s.Text, s.Start, s.End)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAt(t *testing.T) {
	script := " select 1;\n\nselect 2; -- x\nselect 3\n"
	for pos, want := range map[int]string{
		0: "select 1", 1: "select 1", 10: "select 1", 11: "select 1", 12: "select 2", 21: "select 2",
		25: "select 2", 27: "select 3", len(script): "select 3",
	} {
		if got, ok := standard.At(script, pos); !ok || got.Text != want {
			t.Errorf("at %d: %q, %t, want %q", pos, got.Text, ok, want)
		}
	}
	if got, ok := standard.At(" -- nothing", 3); ok {
		t.Errorf("in a comment: %q", got.Text)
	}
}

// FuzzTokens: the tokens are the text, and statements are parts of it in order,
// whatever the text is.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{"select 'a''b'; -- c", "do $a$ ; $a$", "e'\\", "/*/**/", "delimiter //\nx//", "create trigger a begin; end", "[", "`", "$", "$$", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range []Dialect{standard, dollars, ticks, lite} {
			var b strings.Builder
			for _, tok := range d.Tokens(text) {
				if tok.Pos != b.Len() || tok.Text == "" || tok.Kind == 0 {
					t.Fatalf("%+v: token %+v after %d bytes", d, tok, b.Len())
				}
				b.WriteString(tok.Text)
			}
			if b.String() != text {
				t.Fatalf("%+v: %q became %q", d, text, b.String())
			}
			last := 0
			for _, s := range d.Split(text) {
				if s.Start < last || s.End > len(text) || s.Text == "" || text[s.Start:s.Start+len(s.Text)] != s.Text {
					t.Fatalf("%+v: statement %+v after %d", d, s, last)
				}
				last = s.End
			}
		}
	})
}
