package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/rowan-db/rowan/bench/engine/worker"
)

// TestMain lets this test's program be the worker of an engine in Go, as the
// command is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == workerFlag {
		exit(worker.Serve(os.Args[2:], os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// TestRunOfAFewRecords measures for real, with the engines that need nothing
// but Go.
func TestRunOfAFewRecords(t *testing.T) {
	dir := t.TempDir()
	c := config{
		n: 2000, runs: 1, dir: dir, cache: filepath.Join(dir, "cache"),
		works: []string{"sequential put", "random get", "scan", "random delete", "size after random"},
		peers: []string{"bbolt", "pebble"},
		out:   t.Output(), log: t.Output(),
	}
	if err := measureAll(t.Context(), c); err != nil && !errors.Is(err, errMissed) {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "stores-*")); err != nil || len(left) > 0 {
		t.Errorf("stores are left: %v, %v", left, err)
	}
}

func TestUnknownNamesAreRefused(t *testing.T) {
	for _, c := range []config{{works: []string{"no such work"}}, {peers: []string{"oracle"}}} {
		if err := measureAll(t.Context(), c); err == nil {
			t.Errorf("%+v: measured", c)
		}
	}
}

func TestInterruptedRunWritesNothing(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := config{
		n: 1000, runs: 1, dir: dir, cache: filepath.Join(dir, "cache"), out: t.Output(), log: t.Output(),
		json: filepath.Join(dir, "engine.json"), doc: filepath.Join(dir, "BENCHMARKS.md"),
	}
	if err := measureAll(ctx, c); err == nil {
		t.Error("an interrupted run succeeded")
	}
	for _, path := range []string{c.json, c.doc} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was written", path)
		}
	}
}
