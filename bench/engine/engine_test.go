package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rowan-db/rowan/bench/compare"
)

// targetRows are the promises that the engine makes, each with the works that
// measure it.
var targetRows = map[string][]string{
	"sequential put":                {"sequential put"},
	"random put, one transaction":   {"random put"},
	"random get, warm / batched":    {"random get", "random get, batched"},
	"scan forward / backward":       {"scan forward", "scan backward"},
	"durable transaction of 1 put":  {"durable transaction of 1"},
	"durable transactions of 10 to": {"durable transaction of 10", "durable transaction of 100", "durable transaction of 1000", "durable transaction of 10000"},
	"deletes, delete range":         {"random delete", "delete a range of half"},
	"file size":                     {"size after random inserts", "size after 5 overwrites"},
}

func works(t *testing.T) map[string]*work {
	t.Helper()
	out := make(map[string]*work)
	for _, g := range allGroups() {
		for i := range g.works {
			w := &g.works[i]
			if out[w.name] != nil {
				t.Errorf("two works are called %q", w.name)
			}
			out[w.name] = w
		}
	}
	return out
}

func TestEveryTargetHasAWork(t *testing.T) {
	all := works(t)
	for row, names := range targetRows {
		for _, name := range names {
			if w := all[name]; w == nil || len(w.targets) == 0 {
				t.Errorf("%s: there is no work %q with a target", row, name)
			}
		}
	}
}

func TestPeersOfTargetsTakePart(t *testing.T) {
	for name, w := range works(t) {
		if !slices.ContainsFunc(w.entrants, func(e entrant) bool { return e.label == ours }) {
			t.Errorf("%s: ours does not take part", name)
		}
		for _, g := range w.targets {
			for _, peer := range g.Peers() {
				if !slices.ContainsFunc(w.entrants, func(e entrant) bool { return e.label == peer }) {
					t.Errorf("%s: the target's peer %s does not take part", name, peer)
				}
			}
		}
	}
}

func TestEntrantsAreEngines(t *testing.T) {
	for name, w := range works(t) {
		for _, e := range w.entrants {
			if !slices.ContainsFunc(allEngines(), func(x engine) bool { return x.name == e.engine }) {
				t.Errorf("%s: there is no engine %q", name, e.engine)
			}
		}
	}
}

// finished ends a complete run with the results, and returns the rows that it wrote.
func finished(t *testing.T, results ...*result) (rows []map[string]any, err error) {
	t.Helper()
	dir := t.TempDir()
	c := config{json: filepath.Join(dir, "results", "engine.json"), doc: filepath.Join(dir, "B.md"), out: io.Discard}
	err = c.finish(results, []string{"processor: fast"}, time.Minute)
	text, readErr := os.ReadFile(c.json)
	if readErr != nil {
		t.Fatal(readErr)
	}
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	return rows, err
}

func TestDocumentNamesWhatWasMissed(t *testing.T) {
	c := config{runs: 3, n: 1000}
	good := measured("good work", nanoseconds, map[string]float64{ours: 1, "lmdb": 9}, compare.AtLeast(3, "lmdb"))
	bad := measured("bad work", nanoseconds, map[string]float64{ours: 1, "lmdb": 2}, compare.AtLeast(3, "lmdb"))
	results := []*result{good, bad}
	text := c.document(results, slices.Concat(compare.Judge(&good.Result, nil), compare.Judge(&bad.Result, nil)), []string{"processor: fast"})
	_, misses, _ := strings.Cut(text, "## Missed")
	misses, _, _ = strings.Cut(misses, "## G")
	if !strings.Contains(misses, "bad work") || strings.Contains(misses, "good work") {
		t.Errorf("misses:\n%s", misses)
	}
	for _, want := range []string{"processor: fast", "| good work | 1 | 9 | LMDB | ns | 9 | >= 3 | met |", "| bad work | 1 | 2 | LMDB | ns | 2 | >= 3 | MISSED |"} {
		if !strings.Contains(text, want) {
			t.Errorf("the document has no %q:\n%s", want, text)
		}
	}
}

func TestMissedTargetFailsTheRun(t *testing.T) {
	good := measured("good", nanoseconds, map[string]float64{ours: 1, "lmdb": 9}, compare.AtLeast(3, "lmdb"))
	bad := measured("bad", nanoseconds, map[string]float64{ours: 1, "lmdb": 2}, compare.AtLeast(3, "lmdb"))
	if _, err := finished(t, good); err != nil {
		t.Errorf("every target was met, and the run failed: %v", err)
	}
	if _, err := finished(t, good, bad); !errors.Is(err, errMissed) {
		t.Errorf("a target was missed, and the run returned %v", err)
	}
}

func TestResultsHaveTheFieldsThatReadersExpect(t *testing.T) {
	rows, err := finished(t, measured("random get", nanoseconds, map[string]float64{ours: 231, "lmdb": 702}, compare.AtLeast(3, "lmdb")))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"work": "random get", "ours": 231.0, "lmdb": 702.0, "unit": "ns", "ratio": 3.039, "target": 3.0, "met": true}
	if len(rows) != 1 || fmt.Sprint(rows[0]) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", rows, want)
	}
}

// script is an engine that answers from a list, and remembers what it was asked.
type script struct {
	answers []answer
	asked   *[]string
	name    string
}

func (s *script) do(line string) (answer, error) {
	*s.asked = append(*s.asked, s.name+" "+line)
	if strings.HasPrefix(line, "fresh") {
		return answer{}, nil
	}
	a := s.answers[0]
	s.answers = s.answers[1:]
	return a, nil
}

func timings(ns ...float64) []answer {
	var out []answer
	for _, x := range ns {
		out = append(out, answer{"ns": x, "ops": 1})
	}
	return out
}

// cold warms no memory.
func cold() error { return nil }

func TestEnginesTakeTurns(t *testing.T) {
	var asked []string
	l := &lab{runs: 2, warm: cold}
	w := &work{name: "w", unit: nanoseconds, before: []string{"fresh nosync"}, entrants: with("run", "a", "b")}
	r, err := l.measureWork(&group{}, w, &orders{}, map[string]doer{
		"a": &script{answers: timings(100, 1, 3), asked: &asked, name: "a"},
		"b": &script{answers: timings(100, 5, 7), asked: &asked, name: "b"},
	})
	if err != nil {
		t.Fatal(err)
	}
	turn := []string{"a fresh nosync", "a run", "b fresh nosync", "b run"}
	if want := slices.Concat(turn, turn, turn); !slices.Equal(asked, want) {
		t.Errorf("asked %q, not %q", asked, want)
	}
	if r.Median("a") != 2 || r.Median("b") != 6 {
		t.Errorf("medians %v and %v: the first round counted", r.Median("a"), r.Median("b"))
	}
}

func TestEnginesThatReadDifferentDataAreNotCompared(t *testing.T) {
	var asked []string
	l := &lab{runs: 1, warm: cold}
	w := &work{name: "w", unit: nanoseconds, entrants: with("scan", "a", "b")}
	_, err := l.measureWork(&group{}, w, &orders{}, map[string]doer{
		"a": &script{answers: []answer{{"ns": 1, "ops": 1, "sum": 7}}, asked: &asked},
		"b": &script{answers: []answer{{"ns": 1, "ops": 1, "sum": 8}}, asked: &asked},
	})
	if err == nil {
		t.Error("different sums were accepted")
	}
}

func TestAnswers(t *testing.T) {
	a, err := parseAnswer("ok ns=120 ops=10 sum=77")
	if err != nil || a["ns"] != 120 || a["ops"] != 10 || a["sum"] != 77 {
		t.Errorf("parsed %v, %v", a, err)
	}
	if _, err := parseAnswer("error no space left"); err == nil || err.Error() != "no space left" {
		t.Errorf("an error became %v", err)
	}
	for _, line := range []string{"", "ok ns=fast", "done"} {
		if _, err := parseAnswer(line); err == nil {
			t.Errorf("%q is no answer", line)
		}
	}
}

func TestOrdersAreTheSameEveryTime(t *testing.T) {
	for name := range orderMakers() {
		var texts [2][]byte
		for i := range texts {
			o := &orders{dir: t.TempDir(), n: 1000}
			path, err := o.path(name)
			if err != nil {
				t.Fatal(err)
			}
			if texts[i], err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
		if len(texts[0]) == 0 || !bytes.Equal(texts[0], texts[1]) {
			t.Errorf("a second run would have another order %s", name)
		}
	}
}

func TestCommandsNameOnlyWhatThereIs(t *testing.T) {
	o := &orders{dir: t.TempDir(), n: 40}
	for _, g := range allGroups() {
		lines := slices.Clone(g.prepare)
		for _, w := range g.works {
			lines = append(lines, w.before...)
			for _, e := range w.entrants {
				lines = append(lines, e.run...)
			}
		}
		for _, line := range lines {
			if _, err := o.expand(line); err != nil {
				t.Errorf("%s: %v", g.name, err)
			}
		}
	}
	if _, err := o.expand("put {nothing} 1 1"); err == nil {
		t.Error("a name that there is not was left in a command")
	}
}

// measured returns a result with one run for each label.
func measured(name string, u unit, figures map[string]float64, targets ...compare.Target) *result {
	w := &work{name: name, unit: u, targets: targets}
	for label := range figures {
		w.entrants = append(w.entrants, entrant{label: label, engine: label})
	}
	slices.SortFunc(w.entrants, func(a, b entrant) int { return strings.Compare(a.label, b.label) })
	r := newResult(&group{name: "G"}, w)
	for label, x := range figures {
		r.Add(label, x)
	}
	return r
}
