package vfs_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rowan-db/rowan/btree/vfs"
)

// plainFile is a file as bytes.
type plainFile struct {
	live  []byte
	dirty bool // not synced
}

func (p *plainFile) resize(size int) {
	p.live = append(slices.Clone(p.live[:min(size, len(p.live))]), make([]byte, max(0, size-len(p.live)))...)
}

func (p *plainFile) write(b []byte, off int) {
	p.resize(max(len(p.live), off+len(b)))
	copy(p.live[off:], b)
}

// A disk in memory shares blocks with those that power cuts made of it. Each of them holds what was written to it, and to no
// other.
func TestDisksShareNoWrites(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	const most = 20_000
	for range 200 {
		disks, plain := []*vfs.Mem{{}}, []plainFile{{}}
		for range 60 {
			i := r.IntN(len(disks))
			f := mustOpen(t, disks[i], "f", vfs.Create)
			switch r.IntN(8) {
			case 0:
				if err := f.Sync(); err != nil {
					t.Fatal(err)
				}
				plain[i].dirty = false
			case 1:
				size := r.IntN(most)
				if err := f.Truncate(int64(size)); err != nil {
					t.Fatal(err)
				}
				plain[i].resize(size)
				plain[i].dirty = true
			case 2:
				if !plain[i].dirty && disks[i].SyncDir("f") == nil {
					disks = append(disks, disks[i].PowerCut(r))
					plain = append(plain, plainFile{live: slices.Clone(plain[i].live)})
				}
			default:
				b, off := randomBytes(r), r.IntN(most)
				if r.IntN(2) == 0 {
					off = off / 4096 * 4096
				}
				if len(b) > 0 {
					mustWrite(t, f, int64(off), b)
					plain[i].write(b, off)
					plain[i].dirty = true
				}
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			for i, d := range disks {
				if err := holds(d, &plain[i], r); err != nil {
					t.Fatalf("disk %d of %d: %v", i, len(disks), err)
				}
			}
		}
	}
}

func randomBytes(r *rand.Rand) []byte {
	b := make([]byte, []int{0, 10, 512, 4096, 4096, 3 * 4096, 9000}[r.IntN(7)])
	if r.IntN(4) > 0 { // else zeros
		for i := range b {
			b[i] = byte(r.Uint32())
		}
	}
	return b
}

// holds compares a disk with plain bytes, and what a power cut leaves of it once all was synced.
func holds(d *vfs.Mem, p *plainFile, r *rand.Rand) error {
	if got := d.ReadFile("f"); !bytes.Equal(got, p.live) {
		return fmt.Errorf("it holds %d bytes that differ from the %d written", len(got), len(p.live))
	}
	if p.dirty {
		return nil
	}
	if d.SyncDir("f") != nil || !bytes.Equal(d.PowerCut(r).ReadFile("f"), p.live) {
		return fmt.Errorf("a power cut changed what was synced")
	}
	return nil
}
