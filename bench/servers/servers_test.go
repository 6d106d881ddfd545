package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/bench/compare"
	"github.com/rowan-db/rowan/e2e/servers"
)

// TestRunOfAFewRows measures for real on every server that is installed.
func TestRunOfAFewRows(t *testing.T) {
	for _, k := range servers.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			if missing := k.Missing(); len(missing) > 0 {
				t.Skipf("not installed: %s", strings.Join(missing, ", "))
			}
			path := filepath.Join(t.TempDir(), "servers.json")
			c := config{rows: fromEnd + pageRows, tables: 20, runs: 1, only: []string{k.Name}, json: path, out: t.Output(), log: t.Output()}
			if err := measureAll(t.Context(), c); err != nil && !errors.Is(err, errMissed) {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var rows []compare.Row
			if err := json.Unmarshal(text, &rows); err != nil || len(rows) != 4 {
				t.Fatalf("%d rows were written, not 4: %v", len(rows), err)
			}
			for _, r := range rows {
				if r.Ours <= 0 || r.LMDB <= 0 {
					t.Errorf("nothing was measured: %+v", r)
				}
			}
		})
	}
}

func TestUnknownServersAreRefused(t *testing.T) {
	c := config{only: []string{"oracle"}, out: io.Discard, log: io.Discard}
	if err := measureAll(t.Context(), c); err == nil {
		t.Error("a server that there is not was measured")
	}
}

// silent is a reader that reads fewer rows than there are.
type silent struct{ io.Closer }

func (silent) page(context.Context, int64, int) (int, error) { return 1, nil }
func (silent) all(context.Context) (int, error)              { return 1, nil }
func (silent) get(context.Context, int64) (int, error)       { return 0, nil }

func TestReadingTooFewRowsIsAnError(t *testing.T) {
	c := config{rows: 10_000}
	for _, w := range c.works() {
		if _, err := w.time(t.Context(), silent{}); err == nil {
			t.Errorf("%s: too few rows were read, and nobody noticed", w.name)
		}
	}
}

func TestProxyCountsRoundTrips(t *testing.T) {
	server, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go echo(server)
	p, through, err := newProxy(fmt.Sprintf("redis://name:word@%s/0?x=1", server.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("redis://name:word@%s/0?x=1", p.Addr()); through != want {
		t.Errorf("the target became %s, not %s", through, want)
	}
	for _, times := range []int{3, 1} { // on a connection each
		converse(t, p.Addr().String(), times)
	}
	if got := p.trips.Load(); got != 4 {
		t.Errorf("%d round trips were counted, not 4", got)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// echo answers on one connection after another.
func echo(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = io.Copy(c, c)
		_ = c.Close()
	}
}

// converse connects, and asks and is answered so many times.
func converse(t *testing.T, addr string, times int) {
	t.Helper()
	c, err := net.Dial("tcp4", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range times {
		if _, err := c.Write([]byte("question")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, make([]byte, len("question"))); err != nil {
			t.Fatal(err)
		}
	}
}
