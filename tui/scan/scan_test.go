package scan_test

import (
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/tuple"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/pane/panetest"
	"github.com/rowan-db/rowan/tui/scan"
)

var schema = &store.Schema{
	Name: "orders",
	Key:  []store.Column{{Name: "customer", Kind: tuple.KindText}, {Name: "id", Kind: tuple.KindInt}, {Name: "day", Kind: tuple.KindDate}},
}

func stage(t *testing.T, o store.ViewOptions) *panetest.User {
	t.Helper()
	env := panetest.NewEnv(t, nil)
	return panetest.On(t, env, scan.New(env, pane.ShowScan{Schema: schema, Options: o}), 90, 22)
}

// applied presses enter and returns the range that is to be shown.
func applied(t *testing.T, s *panetest.User) store.ViewOptions {
	t.Helper()
	s.Actions()
	s.Press("enter")
	for _, a := range s.Actions() {
		if v, ok := a.(pane.OpenView); ok {
			return v.Options
		}
	}
	t.Fatalf("nothing is to be shown:\n%s", s.Screen())
	return store.ViewOptions{}
}

var (
	ada = tuple.Text("ada")
	day = tuple.Date(20_000)
)

func key(vs ...tuple.Value) tuple.Tuple { return vs }

func TestRangeIsWhatIsTyped(t *testing.T) {
	for _, c := range []struct {
		name  string
		press func(s *panetest.User)
		want  tuple.Range
	}{
		{"nothing", func(s *panetest.User) {}, tuple.Range{}},
		{"a prefix", func(s *panetest.User) { s.Type("ada").Press("tab").Type("7") }, tuple.Prefix(key(ada, tuple.Int(7)))},
		{"the beginning of an element", func(s *panetest.User) {
			s.Type("ad").Press("down", "down", "down", "space")
		}, tuple.PrefixPart(key(tuple.Text("ad")))},
		{"from and to", func(s *panetest.User) {
			s.Press("tab", "tab", "tab", "tab").Type("ada").Press("tab", "tab", "tab", "space", "tab").Type("bob")
		}, tuple.Range{Lower: tuple.Bound{Key: key(ada), Exclusive: true}, Upper: tuple.Bound{Key: key(tuple.Text("bob"))}}},
		{"a prefix and where to begin in it", func(s *panetest.User) {
			s.Type("ada").Press("tab", "tab", "tab", "tab").Type("ada").Press("tab").Type("5")
		}, tuple.Range{Lower: tuple.Bound{Key: key(ada, tuple.Int(5))}, Upper: tuple.Bound{Key: key(ada)}}},
		{"the empty text", func(s *panetest.User) { s.Type(`""`) }, tuple.Prefix(key(tuple.Text("")))},
		{"a text with spaces", func(s *panetest.User) { s.Type(" a ") }, tuple.Prefix(key(tuple.Text(" a ")))},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stage(t, store.ViewOptions{})
			c.press(s)
			if got := applied(t, s).Range; !sameRange(got, c.want) {
				t.Errorf("the range is %v to %v, want %v to %v", got.Lower, got.Upper, c.want.Lower, c.want.Upper)
			}
		})
	}
}

func sameRange(a, b tuple.Range) bool {
	return sameBound(a.Lower, b.Lower) && sameBound(a.Upper, b.Upper)
}

func sameBound(a, b tuple.Bound) bool {
	return a.Key.Equal(b.Key) && a.Part == b.Part && (a.Exclusive == b.Exclusive || a.Open())
}

func TestMistakesAreSaidAtOnce(t *testing.T) {
	for _, c := range []struct {
		name, want string
		press      func(s *panetest.User)
	}{
		{"a number that is none", "id:", func(s *panetest.User) { s.Type("ada").Press("tab").Type("x") }},
		{"a date that is none", "day:", func(s *panetest.User) { s.Type("ada").Press("tab").Type("1").Press("tab").Type("2026-13-01") }},
		{"a gap", "fill in customer first", func(s *panetest.User) { s.Press("tab").Type("7") }},
		{"begins with a number", "only text and bytes", func(s *panetest.User) { s.Type("ada").Press("tab").Type("7").Press("tab", "tab", "space") }},
		{"from outside of the prefix", "must begin with the prefix", func(s *panetest.User) { s.Type("ada").Press("tab", "tab", "tab", "tab").Type("bob") }},
		{"a limit of nothing", "at least 1", func(s *panetest.User) { s.Press("up").Press("right").Press("tab").Type("0") }},
		{"the wrong way round", "before the beginning", func(s *panetest.User) {
			s.Press("tab", "tab", "tab", "tab").Type("bob").Press("tab", "tab", "tab", "tab").Type("ada")
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stage(t, store.ViewOptions{})
			c.press(s)
			s.See("✗", c.want)
			s.Actions()
			s.Press("enter")
			for _, a := range s.Actions() {
				if _, ok := a.(pane.Notice); !ok {
					t.Errorf("enter asks for %T", a)
				}
			}
		})
	}
}

// TestFormShowsWhatItIsGiven opens the form on a range and applies it as it is.
func TestFormShowsWhatItIsGiven(t *testing.T) {
	for _, r := range []tuple.Range{
		{},
		tuple.Prefix(key(ada)),
		tuple.PrefixPart(key(ada)),
		tuple.Prefix(key(tuple.Text(""), tuple.Int(-1), day)),
		tuple.Prefix(key(tuple.Text(`"quoted"`))),
		{Lower: tuple.Bound{Key: key(ada), Exclusive: true}},
		{Lower: tuple.Bound{Key: key(ada)}, Upper: tuple.Bound{Key: key(ada, tuple.Int(9)), Exclusive: true}},
	} {
		s := stage(t, store.ViewOptions{Range: r, Reverse: true, Limit: 7})
		got := applied(t, s)
		if !sameRange(got.Range, r) || !got.Reverse || got.Limit != 7 {
			t.Errorf("%v to %v came back as %+v", r.Lower, r.Upper, got)
		}
	}
}

func TestFilterAndSortAreLeftAlone(t *testing.T) {
	s := stage(t, store.ViewOptions{Sort: store.Sort{Column: "total"}})
	if got := applied(t, s); got.Sort.Column != "total" {
		t.Errorf("the sort is %+v", got.Sort)
	}
}

func TestCommandIsCopied(t *testing.T) {
	s := stage(t, store.ViewOptions{})
	s.Type("it's").Press("ctrl+y")
	want := `rowan scan shop.rowan orders --prefix '("it'\''s")'`
	if a := s.Actions(); len(a) != 1 || a[0].(pane.Copy).Text != want {
		t.Errorf("copied %v, want %s", a, want)
	}
	s.Press("up", "y") // on a toggle, y is no text
	if a := s.Actions(); len(a) != 1 {
		t.Errorf("y asks for %v", a)
	}
}

func TestClearEmptiesTheForm(t *testing.T) {
	s := stage(t, store.ViewOptions{Range: tuple.Prefix(key(ada)), Reverse: true, Limit: 7})
	s.Press("ctrl+l")
	if got := applied(t, s); !got.Range.All() || got.Reverse || got.Limit != 0 {
		t.Errorf("after clear: %+v", got)
	}
}

func TestLongFormsScroll(t *testing.T) {
	s := stage(t, store.ViewOptions{})
	s.Resize(60, 11)
	for range 18 {
		s.Press("tab")
		if lines := strings.Count(s.Screen(), "\n") + 1; lines > 11 {
			t.Fatalf("%d lines", lines)
		}
	}
}
