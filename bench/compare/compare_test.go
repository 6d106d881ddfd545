package compare

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const ours = "ours"

var ns = Unit{Name: "ns"}

// measured returns a result with one run for each label.
func measured(name string, u Unit, figures map[string]float64, targets ...Target) *Result {
	r := &Result{Work: name, Unit: u, Ours: ours, Targets: targets}
	for label, x := range figures {
		r.Add(label, x)
	}
	return r
}

func TestRowsAreJudgedByTheirTargets(t *testing.T) {
	rate := Unit{Name: "/s", Higher: true}
	for _, c := range []struct {
		name    string
		unit    Unit
		figures map[string]float64
		target  Target
		want    Row
	}{
		{"as fast as asked", ns, map[string]float64{ours: 234, "lmdb": 702}, AtLeast(3, "lmdb"),
			Row{Ours: 234, LMDB: 702, Unit: "ns", Ratio: 3, Target: 3, Met: true}},
		{"too slow", ns, map[string]float64{ours: 300, "lmdb": 702}, AtLeast(3, "lmdb"),
			Row{Ours: 300, LMDB: 702, Unit: "ns", Ratio: 2.34, Target: 3}},
		{"more is better", rate, map[string]float64{ours: 800, "one": 100}, AtLeast(8, "one"),
			Row{Ours: 800, LMDB: 100, Peer: "one", Unit: "/s", Ratio: 8, Target: 8, Met: true}},
		{"under a maximum", ns, map[string]float64{ours: 104, "floor": 100}, AtMost(1.1, "floor"),
			Row{Ours: 104, LMDB: 100, Peer: "floor", Unit: "ns", Ratio: 1.04, Target: 1.1, AtMost: true, Met: true}},
		{"over a maximum", ns, map[string]float64{ours: 120, "floor": 100}, AtMost(1.1, "floor"),
			Row{Ours: 120, LMDB: 100, Peer: "floor", Unit: "ns", Ratio: 1.2, Target: 1.1, AtMost: true}},
		{"ahead of the best", ns, map[string]float64{ours: 100, "a": 150, "b": 110, "c": 130}, Ahead("a", "b", "c"),
			Row{Ours: 100, LMDB: 110, Peer: "b", Unit: "ns", Ratio: 1.1, Target: 1, Met: true}},
		{"equal is not ahead", ns, map[string]float64{ours: 110, "a": 110}, Ahead("a"),
			Row{Ours: 110, LMDB: 110, Peer: "a", Unit: "ns", Ratio: 1, Target: 1}},
		{"within a limit", ns, map[string]float64{ours: 500_000}, Within(1_000_000),
			Row{Ours: 500_000, LMDB: 1_000_000, Peer: LimitName, Unit: "ns", Ratio: 0.5, Target: 1, AtMost: true, Met: true}},
		{"beyond a limit", rate, map[string]float64{ours: 150}, Reaching(300),
			Row{Ours: 150, LMDB: 300, Peer: LimitName, Unit: "/s", Ratio: 0.5, Target: 1}},
	} {
		c.want.Work = c.name
		if got := Judge(measured(c.name, c.unit, c.figures, c.target), nil); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

func TestTargetsWithoutPeersAreNotJudged(t *testing.T) {
	r := measured("w", ns, map[string]float64{ours: 1}, AtLeast(3, "lmdb"), Ahead("pebble"))
	if got := Judge(r, nil); len(got) != 0 {
		t.Errorf("judged although nobody else took part: %+v", got)
	}
}

func TestTargetMayBeTheRatioOfAnotherWork(t *testing.T) {
	small := Judge(measured("small", ns, map[string]float64{ours: 1, "lmdb": 4}, Ahead("lmdb")), nil)
	large := measured("large", ns, map[string]float64{ours: 1, "lmdb": 3.9}, NoWorse("small", "lmdb"))
	got := Judge(large, small)
	if len(got) != 1 || got[0].Target != 3.8 || !got[0].Met {
		t.Errorf("judged %+v", got)
	}
	if got := Judge(large, nil); len(got) != 0 {
		t.Errorf("judged without the other work: %+v", got)
	}
}

func TestMedians(t *testing.T) {
	for _, c := range []struct {
		of   []float64
		want float64
	}{{nil, 0}, {[]float64{5}, 5}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := Median(c.of); got != c.want {
			t.Errorf("median of %v: %v, not %v", c.of, got, c.want)
		}
	}
}

func TestMissedRowsAreSaidSo(t *testing.T) {
	rows := Judge(measured("good", ns, map[string]float64{ours: 1, "lmdb": 9}, AtLeast(3, "lmdb")), nil)
	rows = append(rows, Judge(measured("bad", ns, map[string]float64{ours: 1, "lmdb": 2}, AtLeast(3, "lmdb")), nil)...)
	if got := Missed(rows); len(got) != 1 || got[0].Work != "bad" {
		t.Errorf("missed: %+v", got)
	}
	for line := range strings.Lines(Table(rows)) {
		if strings.HasPrefix(line, "bad") != strings.Contains(line, "MISSED") {
			t.Errorf("the table says %q", line)
		}
	}
}

func TestRowsSurviveTheirFile(t *testing.T) {
	rows := Judge(measured("good", ns, map[string]float64{ours: 2, "floor": 8}, AtMost(3, "floor")), nil)
	path := filepath.Join(t.TempDir(), "new folder", "rows.json")
	if err := WriteJSON(path, rows); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []Row
	if err := json.Unmarshal(text, &got); err != nil || len(got) != 1 || got[0] != rows[0] {
		t.Errorf("%+v became %+v, %v", rows, got, err)
	}
}

func TestSpreadIsThatOfTheQuartiles(t *testing.T) {
	r := &Result{}
	for _, x := range []float64{90, 100, 110, 1000, 100} {
		r.Add(ours, x)
	}
	if got := r.Spread(ours); got != 0.1 {
		t.Errorf("spread %v", got)
	}
	if r.Spread("nobody") != 0 {
		t.Error("nobody has a spread")
	}
}
