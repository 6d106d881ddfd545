package worker

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// engine is an open store. Its loops are written out for each engine, so that
// what is measured is the engine's calls and not those of an interface.
type engine interface {
	io.Closer
	// put puts numbers in one transaction. Appended ones are greater than all
	// that are there, and ascend.
	put(d *data, x []uint32, appended bool) error
	// get gets each number in one read transaction and returns the sum of the
	// numbers and the lengths of their values.
	get(d *data, x []uint32) (uint64, error)
	// scan returns how many records there are, and the sum over them.
	scan(back bool) (n, sum uint64, err error)
	delete(d *data, x []uint32) error
	cut(lo, hi []byte) error
}

// manyGetter is an engine with a batched get.
type manyGetter interface {
	getMany(d *data, x []uint32) (uint64, error)
}

// opener opens a store in a directory.
type opener func(dir string, sync bool) (engine, error)

// openers returns how each engine is opened, by its name.
func openers() map[string]opener {
	return map[string]opener{
		"btree":       openBtree,
		"btree-cow":   openBtreeCow,
		"btree-small": openBtreeSmall,
		"bbolt":       openBbolt,
		"pebble":      openPebble,
	}
}

// Names returns the names of the engines.
func Names() []string {
	var out []string
	for name := range openers() {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// worker is one store and the state of its commands.
type worker struct {
	open   opener
	home   string
	data   *data
	orders map[string]*order
	engine engine // nil while none is open
}

// Serve obeys the commands of in until it ends. The arguments are the engine,
// the directory, the kind of keys and the kind of values.
func Serve(args []string, in io.Reader, out io.Writer) (err error) {
	if len(args) != 4 {
		return fmt.Errorf("a worker takes ENGINE DIRECTORY KEY VALUE, not %q", args)
	}
	open, ok := openers()[args[0]]
	if !ok {
		return fmt.Errorf("there is no engine %q, but %s", args[0], strings.Join(Names(), ", "))
	}
	d, err := parseData(args[2], args[3])
	if err != nil {
		return err
	}
	w := &worker{open: open, home: args[1], data: d, orders: make(map[string]*order)}
	defer func() { err = errors.Join(err, w.close()) }()
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		answer, err := w.obey(strings.Fields(lines.Text()))
		if err != nil {
			answer = "error " + strings.ReplaceAll(err.Error(), "\n", "; ")
		}
		if _, err := fmt.Fprintln(out, strings.TrimSpace(answer)); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (w *worker) close() error {
	if w.engine == nil {
		return nil
	}
	e := w.engine
	w.engine = nil
	return e.Close()
}

// command is what a worker does at one word.
type command struct {
	args int // at least
	do   func(w *worker, args []string) (string, error)
}

func commands() map[string]command {
	return map[string]command{
		"fresh":   {1, (*worker).fresh},
		"open":    {1, (*worker).reopen},
		"close":   {0, func(w *worker, _ []string) (string, error) { return "ok", w.close() }},
		"put":     {3, (*worker).put},
		"get":     {2, (*worker).get},
		"getmany": {2, (*worker).getMany},
		"scan":    {0, func(w *worker, _ []string) (string, error) { return w.scan(false) }},
		"back":    {0, func(w *worker, _ []string) (string, error) { return w.scan(true) }},
		"delete":  {2, (*worker).delete},
		"cut":     {2, (*worker).cut},
		"first":   {2, (*worker).first},
		"size":    {0, (*worker).size},
	}
}

func (w *worker) obey(words []string) (string, error) {
	if len(words) == 0 {
		return "", errors.New("an empty line is no command")
	}
	c, ok := commands()[words[0]]
	if own, is := w.engine.(commander); is && !ok {
		c, ok = own.commands()[words[0]]
	}
	if !ok || len(words)-1 < c.args {
		return "", fmt.Errorf("no such command: %s", strings.Join(words, " "))
	}
	if w.engine == nil && !slices.Contains([]string{"fresh", "open", "first", "close", "size"}, words[0]) {
		return "", errors.New("no store is open")
	}
	return c.do(w, words[1:])
}

// commander is an engine with commands of its own.
type commander interface {
	commands() map[string]command
}

func (w *worker) fresh(args []string) (string, error) {
	if err := w.close(); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(w.home)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(w.home, e.Name())); err != nil {
			return "", err
		}
	}
	for _, o := range w.orders {
		o.next = 0
	}
	return w.reopen(args)
}

func (w *worker) reopen(args []string) (_ string, err error) {
	if err := w.close(); err != nil {
		return "", err
	}
	w.engine, err = w.open(w.home, args[0] == "sync")
	return "ok", err
}

// take returns the next numbers of an order.
func (w *worker) take(path, count string) ([]uint32, error) {
	n, err := strconv.Atoi(count)
	if err != nil {
		return nil, err
	}
	if w.orders[path] == nil {
		if w.orders[path], err = readOrder(path); err != nil {
			return nil, err
		}
	}
	return w.orders[path].take(n)
}

// timed formats the answer to a command that measured.
func timed(started time.Time, ops int, more ...string) string {
	answer := fmt.Sprintf("ok ns=%d ops=%d", time.Since(started).Nanoseconds(), ops)
	return strings.Join(append([]string{answer}, more...), " ")
}

func summed(sum uint64) string { return fmt.Sprintf("sum=%d", sum) }

func (w *worker) put(args []string) (string, error) {
	x, err := w.take(args[0], args[1])
	if err != nil {
		return "", err
	}
	batch, err := strconv.Atoi(args[2])
	if err != nil || batch < 1 {
		return "", fmt.Errorf("a transaction of %q", args[2])
	}
	started := time.Now()
	for part := range slices.Chunk(x, batch) {
		if err := w.engine.put(w.data, part, len(args) > 3); err != nil {
			return "", err
		}
	}
	return timed(started, len(x)), nil
}

func (w *worker) get(args []string) (string, error) {
	return w.measureGet(args, w.engine.get)
}

func (w *worker) getMany(args []string) (string, error) {
	if m, ok := w.engine.(manyGetter); ok {
		return w.measureGet(args, m.getMany)
	}
	return w.get(args)
}

func (w *worker) measureGet(args []string, get func(*data, []uint32) (uint64, error)) (string, error) {
	x, err := w.take(args[0], args[1])
	if err != nil {
		return "", err
	}
	started := time.Now()
	sum, err := get(w.data, x)
	return timed(started, len(x), summed(sum)), err
}

// missing is the error of a get that did not return the value that was put.
func missing(x uint32, val []byte) error {
	if val == nil {
		return fmt.Errorf("key %d is missing", x)
	}
	return fmt.Errorf("key %d has the value of %d", x, number(val))
}

func (w *worker) scan(back bool) (string, error) {
	started := time.Now()
	n, sum, err := w.engine.scan(back)
	return timed(started, int(n), summed(sum)), err
}

func (w *worker) delete(args []string) (string, error) {
	x, err := w.take(args[0], args[1])
	if err != nil {
		return "", err
	}
	started := time.Now()
	err = w.engine.delete(w.data, x)
	return timed(started, len(x)), err
}

// numbers parses arguments that are numbers.
func numbers(args []string) ([]uint32, error) {
	out := make([]uint32, len(args))
	for i, a := range args {
		x, err := strconv.ParseUint(a, 10, 32)
		if err != nil {
			return nil, err
		}
		out[i] = uint32(x)
	}
	return out, nil
}

func (w *worker) cut(args []string) (string, error) {
	x, err := numbers(args[:2])
	if err != nil {
		return "", err
	}
	lo, hi := slices.Clone(w.data.key(x[0])), slices.Clone(w.data.key(x[1]))
	started := time.Now()
	err = w.engine.cut(lo, hi)
	return timed(started, 1), err
}

func (w *worker) first(args []string) (string, error) {
	x, err := numbers(args[1:2])
	if err != nil {
		return "", err
	}
	if err := w.close(); err != nil {
		return "", err
	}
	started := time.Now()
	if _, err := w.reopen(args); err != nil {
		return "", err
	}
	_, err = w.engine.get(w.data, x)
	return timed(started, 1), err
}

func (w *worker) size([]string) (string, error) {
	var n int64
	err := filepath.WalkDir(w.home, func(_ string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	return fmt.Sprintf("ok bytes=%d", n), err
}
