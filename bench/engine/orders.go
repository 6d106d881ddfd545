package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// orders are files of numbers for n records, each written when a command first
// names it. All engines read the same files:
//
//	{seq}     0 to n-1
//	{perm}    the same in random order
//	{other}   the same in another random order
//	{left}    the last tenth of other, in ascending order
//	{spaced}  8*i+4 for each of perm
//	{random}  random odd numbers below 8*n, which are never in spaced
type orders struct {
	dir string
	n   int
}

// mostRandom is how many random numbers there are at least; commands that take
// more in all begin anew.
const mostRandom = 1 << 20

func orderMakers() map[string]func(n int) []uint32 {
	return map[string]func(n int) []uint32{
		"seq":   ascending,
		"perm":  func(n int) []uint32 { return shuffled(n, 1) },
		"other": func(n int) []uint32 { return shuffled(n, 2) },
		"left": func(n int) []uint32 {
			x := shuffled(n, 2)[n-n/10:]
			slices.Sort(x)
			return x
		},
		"spaced": func(n int) []uint32 {
			x := shuffled(n, 1)
			for i := range x {
				x[i] = 8*x[i] + 4
			}
			return x
		},
		"random": randomOdd,
	}
}

func ascending(n int) []uint32 {
	x := make([]uint32, n)
	for i := range x {
		x[i] = uint32(i)
	}
	return x
}

func shuffled(n int, seed uint64) []uint32 {
	x := ascending(n)
	rand.New(rand.NewPCG(seed, uint64(n))).Shuffle(n, func(i, j int) { x[i], x[j] = x[j], x[i] })
	return x
}

func randomOdd(n int) []uint32 {
	r := rand.New(rand.NewPCG(3, uint64(n)))
	x := make([]uint32, max(mostRandom, n))
	for i := range x {
		x[i] = r.Uint32N(uint32(8*n)) | 1
	}
	return x
}

// path returns the file of an order, and writes it when it is not there.
func (o *orders) path(name string) (string, error) {
	path := filepath.Join(o.dir, name+"-"+strconv.Itoa(o.n))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	numbers := orderMakers()[name](o.n)
	b := make([]byte, 0, 4*len(numbers))
	for _, x := range numbers {
		b = binary.LittleEndian.AppendUint32(b, x)
	}
	return path, os.WriteFile(path, b, 0o644)
}

// expand puts paths and counts for the names in braces of a command: those of
// orders, and {n}, {half}, {quarter}, {threequarters}, {tenth} and {most}, nine
// tenths, of the records.
func (o *orders) expand(line string) (string, error) {
	line = strings.NewReplacer(
		"{n}", strconv.Itoa(o.n),
		"{half}", strconv.Itoa(o.n/2),
		"{quarter}", strconv.Itoa(o.n/4),
		"{threequarters}", strconv.Itoa(o.n/4*3),
		"{tenth}", strconv.Itoa(o.n/10),
		"{most}", strconv.Itoa(o.n-o.n/10),
	).Replace(line)
	for name := range orderMakers() {
		if !strings.Contains(line, "{"+name+"}") {
			continue
		}
		path, err := o.path(name)
		if err != nil {
			return "", err
		}
		line = strings.ReplaceAll(line, "{"+name+"}", path)
	}
	if strings.ContainsRune(line, '{') {
		return "", fmt.Errorf("the command %q names what there is not", line)
	}
	return line, nil
}
