package main

import (
	"context"
	"io"
	"os"
	"testing"
)

// The benchmarks are for looking at one thing closely, with go test's profiles
// and counts: go run . is the whole picture. Their table has fewer rows.
const benchRows = 100_000

var shared *files

func TestMain(m *testing.M) {
	var err error
	if shared, err = prepare(context.Background(), config{rows: benchRows, runs: 1}, io.Discard); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := shared.close(); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// BenchmarkKeyPress measures a key press up to the finished frame of the model.
func BenchmarkKeyPress(b *testing.B) {
	for _, c := range cycles {
		b.Run(c.name, func(b *testing.B) {
			s, err := press(b.Context(), b, shared.native, c)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(s.quantile(0.95), "p95-ms")
		})
	}
}

// BenchmarkStore does each piece of work with both engines.
func BenchmarkStore(b *testing.B) {
	own, other, err := shared.openBoth(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		for _, db := range []*database{own, other} {
			if err := db.Close(); err != nil {
				b.Error(err)
			}
		}
	})
	keys, err := sampleKeys(b.Context(), own)
	if err != nil {
		b.Fatal(err)
	}
	for _, w := range work(keys) {
		for _, db := range []*database{own, other} {
			b.Run(w.name+"/"+db.Info().Backend, func(b *testing.B) {
				b.ReportAllocs()
				things := 0
				for b.Loop() {
					n, err := w.do(b.Context(), db)
					if err != nil {
						b.Fatal(err)
					}
					things += n
				}
				b.ReportMetric(float64(things)/b.Elapsed().Seconds(), w.unit)
			})
		}
	}
}

// TestEverythingIsMeasured runs all measurements on the small table.
func TestEverythingIsMeasured(t *testing.T) {
	r := newReport(benchRows)
	for _, m := range measurements() {
		if err := m.measure(t.Context(), shared, r); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
	}
	for _, x := range r.Results {
		if x.Value <= 0 || x.Peer != "" && x.PeerValue <= 0 {
			t.Errorf("%s, %s: no value: %+v", x.Group, x.Name, x)
		}
	}
	t.Logf("\n%s", r)
}

func TestQuantilesOfSamples(t *testing.T) {
	s := samples{5, 1, 4, 2, 3, 9, 8, 7, 6, 10}
	if s.median() != 6 || s.quantile(0.95) != 10 || s.quantile(0) != 1 || (samples{}).median() != 0 {
		t.Errorf("median %v, p95 %v, minimum %v", s.median(), s.quantile(0.95), s.quantile(0))
	}
}
