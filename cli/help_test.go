package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestExamples runs each example of each command's help, in the order of the
// help, against the demo: every line of it works as it stands.
func TestExamples(t *testing.T) {
	path := shopFile(t)
	dir := filepath.Dir(path)
	if err := os.Rename(path, filepath.Join(dir, "shop.rowan")); err != nil {
		t.Fatal(err)
	}
	music := filepath.Join(dir, "music.db")
	sqlite(t, music, musicTable)
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}
	without := "no example of what this build lacks"
	if !opensSQLite(t, music) {
		without = "music.db"
	}
	runExamples(t, dir, a.rootCommand(), without)
}

// runExamples runs the examples of all commands, but for lines that have a text
// in them.
func runExamples(t *testing.T, dir string, parent *cobra.Command, without string) {
	for _, cmd := range parent.Commands() {
		if slices.Contains([]string{"help", "completion"}, cmd.Name()) {
			continue // those of the library
		}
		examples := lines(cmd.Example)
		if !strings.Contains(cmd.Example, cmd.CommandPath()) {
			t.Errorf("%s has no example of itself", cmd.CommandPath())
		}
		for _, line := range examples {
			if !strings.Contains(line, without) {
				runExample(t, dir, line)
			}
		}
		runExamples(t, dir, cmd, without)
	}
}

func runExample(t *testing.T, dir, line string) {
	if line == "rowan demo" {
		return // which opens the user interface
	}
	if r := shell(t, dir, line); r.code != exitDone {
		t.Errorf("%s\nexit code %d\n%s%s", line, r.code, r.stdout, r.stderr)
	}
}

func lines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// TestHelpIsStrict checks that asking for what there is not is an error.
func TestHelpIsStrict(t *testing.T) {
	isolate(t)
	for _, c := range []struct{ line, why string }{
		{"help nope", "there is no command nope"},
		{"help scn", "did you mean scan or sql?"},
		{"tabels x.rowan", "there is no command tabels; did you mean tables?"},
		{"tabels", "neither a command, a file nor a profile named tabels; did you mean tables?"},
		{"completion tcsh", "name a shell"},
		{"completion", "name a shell"},
		{"version x", "takes no arguments, and got x"},
		{"get x.rowan t", "takes TARGET TABLE KEY..., and got 2 arguments"},
		{"scan x.rowan t --limit many", `invalid argument "many" for "--limit" flag: it takes a whole number`},
		{"scan x.rowan t --limit 99999999999999999999", "the number is too large"},
	} {
		r := rowan(t, strings.Fields(c.line)...)
		r.fails(t, exitUsage, c.why)
		if strings.Contains(r.stderr, "strconv") || strings.Contains(r.stderr, "arg(s)") {
			t.Errorf("%s: %s", c.line, r.stderr)
		}
	}
	for _, line := range []string{"help", "help scan", "scan --help", "completion bash", "--help"} {
		if r := rowan(t, strings.Fields(line)...); r.code != exitDone || r.stdout == "" || r.stderr != "" {
			t.Errorf("%s: exit code %d, stderr %q", line, r.code, r.stderr)
		}
	}
}

// TestFullOutput checks that no command says that all is well when what it
// printed is lost.
func TestFullOutput(t *testing.T) {
	path := shopFile(t)
	for _, line := range []string{
		"version", "version --json", "help", "scan --help", "completion bash", "tables " + path,
		"count " + path + " orders", "scan " + path + " orders --limit 0", "get " + path + " countries CH",
		"put " + path + " countries CH name=x --json", "demo --build-only --path " + path,
	} {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skipf("this system has no full disk to write to: %v", err)
		}
		var stderr strings.Builder
		code := Main(strings.Fields(line), strings.NewReader(""), full, &stderr)
		if code != exitFailed || !strings.Contains(stderr.String(), "/dev/full: no space left") {
			t.Errorf("%s: exit code %d, stderr %q", line, code, stderr.String())
		}
		if err := full.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestQuietPipe checks that a reader that has seen enough is no error.
func TestQuietPipe(t *testing.T) {
	path := shopFile(t)
	for _, flags := range []string{"--json", "--format csv", ""} {
		r := shell(t, filepath.Dir(path), "rowan scan shop.rowan orders --limit 0 "+flags+" | head -n 2")
		if r.code != exitDone || r.stderr != "" || strings.Count(r.stdout, "\n") != 2 {
			t.Errorf("%s: %+v", flags, r)
		}
	}
}

// signalled is standard input at which the user types ctrl+c.
type signalled struct{ t *testing.T }

func (s signalled) Read([]byte) (int, error) {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Signal(os.Interrupt)
	}
	if err != nil {
		s.t.Error(err)
		return 0, io.EOF
	}
	select {} // nobody ever types the end
}

func TestInterruptedInput(t *testing.T) {
	path := shopFile(t)
	var stdout, stderr strings.Builder
	code := Main([]string{"put", path, "countries", "XX", "--stdin", "name"}, signalled{t}, &stdout, &stderr)
	if code != exitInterrupted || stderr.String() != "rowan: interrupted\n" {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
}

func TestInterruptedBuild(t *testing.T) {
	dir := isolate(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := &app{stdout: io.Discard, stderr: io.Discard}
	err := a.demo(ctx, demoFlags{path: filepath.Join(dir, "shop.rowan"), rows: 10, only: true})
	if exitCode(err) != exitInterrupted {
		t.Errorf("the exit code of %v is %d", err, exitCode(err))
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "shop*")); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
}
