package cli

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/tui/display"
)

// TestDemoUnreadable checks what is said of a demo that cannot be opened, and
// that it is true.
func TestDemoUnreadable(t *testing.T) {
	path := shopFile(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte(nil), whole...)
	damaged[40] ^= 0xff
	damaged[16<<10+40] ^= 0xff
	for name, content := range map[string][]byte{"cut off": whole[:5000], "half": whole[:len(whole)/2], "both metas": damaged} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			rowan(t, "demo", "--build-only", "--path", path).fails(t, exitFailed, "rowan demo --rebuild makes it anew")
			rowan(t, "demo", "--build-only", "--rows", "10", "--rebuild", "--path", path).want(t, path+"\n")
			rowan(t, "count", path, "orders").want(t, "10\n")
		})
	}
}

// TestDemoReplacesNothingElse checks that --rebuild drops a demo and nothing
// that somebody may need.
func TestDemoReplacesNothingElse(t *testing.T) {
	dir := isolate(t)
	mine := filepath.Join(dir, "mine.rowan")
	rowan(t, "put", mine, "notes", "a", "value=dear", "--create").want(t, "")
	text := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(text, []byte("Dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	rowan(t, "demo", "--build-only", "--rebuild", "--path", mine).fails(t, exitFailed, "not the demo, so it is not replaced")
	rowan(t, "get", mine, "notes", "a", "--column", "value").want(t, "dear")
	rowan(t, "demo", "--build-only", "--rebuild", "--path", text).fails(t, exitFailed, "is not a database")
	if now, err := os.ReadFile(text); err != nil || string(now) != "Dear" {
		t.Errorf("the letter is %q, %v", now, err)
	}
	rowan(t, "demo", "--build-only", "--rebuild", "--path", dir).fails(t, exitFailed, "is a directory")
	rowan(t, "demo", "--build-only", "--path", "").fails(t, exitUsage, "--path is empty")
	for _, path := range []string{filepath.Join(text, "below"), filepath.Join(text, "far", "below")} {
		r := rowan(t, "demo", "--build-only", "--path", path)
		r.fails(t, exitFailed, "the demo cannot be built: ")
		if !strings.Contains(r.stderr, "not a directory") || !strings.Contains(r.stderr, "--path FILE builds it elsewhere") {
			t.Errorf("%s", r.stderr)
		}
	}
}

// TestDemoInUse checks that a demo is not replaced under a program that has it
// open, whose changes would be lost.
func TestDemoInUse(t *testing.T) {
	path := shopFile(t)
	s, err := backends.Open(t.Context(), path, backends.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rowan(t, "demo", "--build-only", "--rebuild", "--path", path).fails(t, exitFailed, "is open in another process")
	rowan(t, "demo", "--build-only", "--path", path).want(t, path+"\n")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDemoReadOnly(t *testing.T) {
	path := filepath.Join(isolate(t), "shop.rowan")
	build := []string{"--read-only", "demo", "--build-only", "--path", path}
	rowan(t, build...).fails(t, exitFailed, "which --read-only forbids")
	if _, err := os.Stat(path); err == nil {
		t.Error("it was built all the same")
	}
	rowan(t, append(build[1:], "--rows", "10")...).want(t, path+"\n")
	rowan(t, build...).want(t, path+"\n")
	rowan(t, append(build, "--rebuild")...).fails(t, exitFailed, "which --read-only forbids")
}

// TestDemoTogether builds the same demo several times at once.
func TestDemoTogether(t *testing.T) {
	path := filepath.Join(isolate(t), "shop.rowan")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { rowan(t, "demo", "--build-only", "--rows", "100", "--path", path).want(t, path+"\n") })
	}
	all.Wait()
	rowan(t, "check", path).want(t, "")
	rowan(t, "count", path, "orders").want(t, "100\n")
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("they left %v", left)
	}
}

// TestDemoAbandoned checks that the remains of killed builds go, and nothing
// else does.
func TestDemoAbandoned(t *testing.T) {
	dir := isolate(t)
	path := filepath.Join(dir, "shop.rowan")
	file := func(suffix, content string, age time.Duration) string {
		t.Helper()
		name := path + suffix
		then := time.Now().Add(-age)
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, then, then); err != nil {
			t.Fatal(err)
		}
		return name
	}
	gone := []string{file(".1.building", "", time.Hour), file(".2.building", "half", time.Hour)}
	kept := []string{
		file(".3.building", "", 0), // whoever makes it has yet to lock it
		file(".mine.building", "", time.Hour),
		file(".4.building.bak", "", time.Hour),
		file("x.5.building", "", time.Hour),
	}
	live := path + ".6.building"
	s, err := backends.Open(t.Context(), live, backends.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	hourAgo := time.Now().Add(-time.Hour)
	if err := os.Chtimes(live, hourAgo, hourAgo); err != nil {
		t.Fatal(err)
	}
	rowan(t, "demo", "--build-only", "--rows", "10", "--path", path).want(t, path+"\n")
	for _, name := range gone {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s is still there", filepath.Base(name))
		}
	}
	for _, name := range append(kept, live) {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("%s is gone", filepath.Base(name))
		}
	}
}

// TestProgressBar checks that the bar ends at all of it, in a line as wide as
// it may be.
func TestProgressBar(t *testing.T) {
	var shown strings.Builder
	p := newProgressBar(&app{stderr: &shown}, "Building")
	shown.Reset()
	p.live = true
	for _, width := range []int{0, 1, maxBar} {
		p.bar.SetWidth(width)
		p.show(1_000_000, 2_000_000)
		p.show(2_000_000, 2_000_000)
		p.end()
		lines := strings.Split(strings.TrimSpace(shown.String()), "\r")
		last := lines[len(lines)-1]
		if !strings.Contains(last, "100%") || strings.Contains(last, "░") || display.Width(last) > len("Building")+width+barText {
			t.Errorf("a bar of %d cells ends with %q", width, last)
		}
		shown.Reset()
	}
}
