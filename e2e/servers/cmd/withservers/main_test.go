//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rowan-db/rowan/e2e/servers"
)

// runIt runs the program with Redis, if that is installed.
func runIt(t *testing.T, args ...string) (code int, stderr string) {
	t.Helper()
	for _, k := range servers.Kinds() {
		if missing := k.Missing(); k.Name == "redis" && len(missing) > 0 {
			t.Skipf("%v not found", missing)
		}
	}
	var out strings.Builder
	code = run(t.Context(), append([]string{"-only", "redis"}, args...), &out)
	return code, out.String()
}

func TestCommandReachesTheServerAndKeepsItsCode(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	code, stderr := runIt(t, "--", "sh", "-c", `redis-cli -u "$ROWAN_TEST_REDIS" ping 2>/dev/null >'`+out+`'; exit 7`)
	if code != 7 {
		t.Errorf("exit code %d, want the command's 7\n%s", code, stderr)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != "PONG\n" {
		t.Errorf("the command wrote %q, %v", got, err)
	}
	if !strings.Contains(stderr, "Redis") || strings.Contains(stderr, "redis://") {
		t.Errorf("standard error should name the server and no password:\n%s", stderr)
	}
}

func TestCommandThatCannotBeRun(t *testing.T) {
	if code, stderr := runIt(t, "--", "/nonexistent/program"); code != 1 || !strings.Contains(stderr, "/nonexistent/program") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}

func TestSignalEndsCommandAndServers(t *testing.T) {
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", dir, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			tmp := t.TempDir()
			if err := os.Chmod(tmp, 0o755); err != nil {
				t.Fatal(err)
			}
			// The command signals its parent when it runs, and would go on for long.
			cmd := exec.Command(filepath.Join(dir, "withservers"), "-only", "redis", "--",
				"sh", "-c", `kill -s "$0" "$PPID"; exec sleep 1000`, strings.TrimPrefix(signalName(sig), "SIG"))
			cmd.Env = append(os.Environ(), "TMPDIR="+tmp)
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Errorf("exit code 0 after %v\n%s", sig, out)
			}
			if left, _ := filepath.Glob(filepath.Join(tmp, "*")); len(left) > 0 {
				t.Errorf("%v left %v\n%s", sig, left, out)
			}
		})
	}
}

func signalName(sig syscall.Signal) string {
	if sig == syscall.SIGINT {
		return "SIGINT"
	}
	return "SIGTERM"
}

func TestUsageErrors(t *testing.T) {
	for name, args := range map[string][]string{
		"no command":   {},
		"unknown flag": {"-nonsense", "--", "true"},
		"unknown kind": {"-only", "oracle", "--", "true"},
	} {
		t.Run(name, func(t *testing.T) {
			var stderr strings.Builder
			if code := run(t.Context(), args, &stderr); code != exitUsage || !strings.Contains(stderr.String(), "usage:") {
				t.Errorf("exit code %d, want %d and the usage\n%s", code, exitUsage, stderr.String())
			}
		})
	}
	var stderr strings.Builder
	if code := run(t.Context(), []string{"-h"}, &stderr); code != 0 {
		t.Errorf("-h: exit code %d, want 0", code)
	}
}
