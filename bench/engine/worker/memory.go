package worker

import (
	"bytes"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
	"time"
)

// ownMemory returns the bytes of memory that are the process's own: on or off
// Go's heap, but not pages of files that the system has mapped for it and takes
// back when it wants.
func ownMemory() (int64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, after, ok := bytes.Cut(text, []byte("RssAnon:"))
	if !ok {
		return 0, fmt.Errorf("/proc/self/status does not tell anonymous memory")
	}
	kb, err := strconv.ParseInt(string(bytes.Fields(after)[0]), 10, 64)
	return kb << 10, err
}

// peakMemory runs fn and returns how much more memory of its own the process
// had at most meanwhile, looking a hundred times a second.
func peakMemory(fn func() error) (peak int64, err error) {
	debug.FreeOSMemory()
	before, err := ownMemory()
	if err != nil {
		return 0, err
	}
	stop := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for tick := time.NewTicker(10 * time.Millisecond); ; {
			if now, err := ownMemory(); err == nil {
				peak = max(peak, now-before)
			}
			select {
			case <-stop:
				tick.Stop()
				return
			case <-tick.C:
			}
		}
	})
	err = fn()
	close(stop)
	watching.Wait()
	return peak, err
}
