package btree_test

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// How long TestSoak goes on, until all of what is given is reached. Without flags it is short:
//
//	go test ./btree -run TestSoak -timeout 0 -v -soak.for 2h
//	go test ./btree -run TestSoak -timeout 0 -v -soak.cuts 100000 -soak.ops 10000000
var (
	soakFor  = flag.Duration("soak.for", 0, "how long TestSoak goes on at least")
	soakCuts = flag.Int64("soak.cuts", 0, "how many power cuts TestSoak makes at least, 0 for a few")
	soakOps  = flag.Int64("soak.ops", 0, "how many operations TestSoak makes at least")
	soakSeed = flag.Uint64("soak.seed", 0, "the seed of TestSoak, 0 for one by the clock")
)

// soak is the account of many worlds.
type soak struct {
	began                time.Time
	wantCuts             int64
	changes, reads       atomic.Int64 // operations
	commits, opens, cuts atomic.Int64
	looks                atomic.Int64 // at what a power cut or a kill would have left
	seeds                atomic.Uint64
}

func (s *soak) enough() bool {
	return time.Since(s.began) >= *soakFor && s.cuts.Load() >= s.wantCuts && s.changes.Load()+s.reads.Load() >= *soakOps
}

func (s *soak) String() string {
	changes, reads := s.changes.Load(), s.reads.Load()
	return fmt.Sprintf("%d power cuts, %d more that were looked at, %d operations (%d changes, %d reads), %d commits, %d reopenings in %v",
		s.cuts.Load(), s.looks.Load(), changes+reads, changes, reads, s.commits.Load(), s.opens.Load(), time.Since(s.began).Round(time.Second/10))
}

// A random program over all of the interface equals a map with ordered keys: while transactions run, after they are rolled back,
// after the database was opened again, and after the power was cut at any call to the disk. Each world of the soak has a disk
// and options of its own, and its seed is printed when it fails.
func TestSoak(t *testing.T) {
	seed := *soakSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	defer debug.SetGCPercent(debug.SetGCPercent(1000)) // worlds are small, and make much garbage
	s := &soak{began: time.Now(), wantCuts: *soakCuts}
	if s.wantCuts == 0 {
		s.wantCuts = 150
		if testing.Short() {
			s.wantCuts = 50
		}
	}
	t.Logf("-soak.seed %d", seed)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for !s.enough() && !t.Failed() {
				n := s.seeds.Add(1) - 1
				if err := s.world(seed + n); err != nil {
					t.Errorf("-soak.seed %d: %v", seed+n, err)
				}
				if n%5000 == 4999 {
					t.Logf("%d worlds: %v", n+1, s)
				}
			}
		})
	}
	group.Wait()
	t.Logf("-soak.seed %d: %d worlds, %v", seed, s.seeds.Load(), s)
}

// world makes a world and lets it live. A panic is an error with the stack.
func (s *soak) world(seed uint64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return newWorld(seed, s).live()
}
