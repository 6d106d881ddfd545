//go:build unix

package servers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asHarness, in the environment, makes this test binary start a server, tell
// of it on standard output, and wait to be killed.
const asHarness = "ROWAN_SERVERS_TEST_HARNESS"

func TestMain(m *testing.M) {
	if name := os.Getenv(asHarness); name != "" {
		os.Exit(harness(name))
	}
	os.Exit(m.Run())
}

func harness(name string) int {
	for _, k := range Kinds() {
		if k.Name != name {
			continue
		}
		s, err := Start(context.Background(), k)
		if err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Println(s.Pid(), s.Dir())
		select {}
	}
	return 1
}

// eachKind runs a test for each kind of server that is installed.
func eachKind(t *testing.T, test func(t *testing.T, k Kind)) {
	for _, k := range Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			if missing := k.Missing(); len(missing) > 0 {
				t.Skipf("%v not found: install %v", missing, k.Packages)
			}
			test(t, k)
		})
	}
}

// begin starts a server that lives no longer than the test.
func begin(t *testing.T, k Kind) *Server {
	t.Helper()
	s, err := Start(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// roundTrip holds, for each kind, statements that write and then read.
var roundTrip = map[string]string{
	"postgres": "create table t (k bytea primary key, v text); insert into t values ('\\x6b', 'Grüße'); select v from t where k = '\\x6b';",
	"mysql":    "create table t (k varbinary(9) primary key, v text); insert into t values ('k', 'Grüße'); select v from t where k = 'k';",
	"redis":    "hset t k Grüße\nhget t k",
}

// TestServers starts each kind once, for all that can be seen from outside.
func TestServers(t *testing.T) {
	eachKind(t, func(t *testing.T, k Kind) {
		s := begin(t, k)
		t.Run("describes itself", func(t *testing.T) { describesItself(t, s) })
		t.Run("reads what was written", func(t *testing.T) { readsWhatWasWritten(t, s) })
		t.Run("reports failed statements", func(t *testing.T) { reportsFailures(t, s) })
		t.Run("refuses other passwords", func(t *testing.T) { refusesOtherPasswords(t, s) })
		t.Run("does not run as root", func(t *testing.T) { doesNotRunAsRoot(t, s) })
		t.Run("leaves nothing", func(t *testing.T) { leavesNothing(t, s) })
	})
}

func describesItself(t *testing.T, s *Server) {
	if s.Version == "" || strings.ContainsAny(s.Version, " \n") {
		t.Errorf("version %q", s.Version)
	}
	name, url, _ := strings.Cut(s.Environ(), "=")
	if name != s.Kind.Env || !strings.Contains(url, fmt.Sprintf("@127.0.0.1:%d/", s.Port)) {
		t.Errorf("Environ() = %s", s.Environ())
	}
}

func readsWhatWasWritten(t *testing.T, s *Server) {
	out, err := s.Query(t.Context(), roundTrip[s.Kind.Name])
	if err != nil || !strings.HasSuffix(out, "Grüße") {
		t.Errorf("wrote Grüße and read %q, %v", out, err)
	}
}

func reportsFailures(t *testing.T, s *Server) {
	if out, err := s.Query(t.Context(), "select nonsense"); err == nil {
		t.Errorf("a failing statement printed %q and no error", out)
	}
}

func refusesOtherPasswords(t *testing.T, s *Server) {
	intruder := *s
	for _, intruder.password = range []string{"", "guess"} {
		if out, err := intruder.Query(t.Context(), roundTrip[s.Kind.Name]); err == nil {
			t.Errorf("the password %q was let in: %s", intruder.password, out)
		}
	}
}

func doesNotRunAsRoot(t *testing.T, s *Server) {
	info, err := os.Stat(filepath.Join("/proc", fmt.Sprint(s.Pid())))
	if err != nil {
		t.Skip("no /proc to look at")
	}
	if uid := info.Sys().(*syscall.Stat_t).Uid; uid == 0 {
		t.Errorf("process %d runs as root", s.Pid())
	}
}

func leavesNothing(t *testing.T, s *Server) {
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if alive(s.Pid()) {
		t.Errorf("process %d is alive after Stop", s.Pid())
	}
	if _, err := os.Stat(s.Dir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s after Stop: %v, want it gone", s.Dir(), err)
	}
}

// TestKilledHarnessLeavesNoServer kills the starter with a signal that it
// cannot handle.
func TestKilledHarnessLeavesNoServer(t *testing.T) {
	eachKind(t, func(t *testing.T, k Kind) {
		if _, err := os.Stat("/proc/self/stat"); err != nil {
			t.Skip("only Linux ends orphans")
		}
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), asHarness+"="+k.Name)
		cmd.Stderr = os.Stderr
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(stdout).ReadString('\n')
		var pid int
		var dir string
		if _, scanErr := fmt.Sscan(line, &pid, &dir); err != nil || scanErr != nil {
			t.Fatalf("the harness printed %q: %v, %v", line, err, scanErr)
		}
		if !alive(pid) {
			t.Fatalf("process %d is not alive although it answered", pid)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		until(t, "the server's end", func() bool { return !alive(pid) })
		until(t, "a sweep of the orphan's directory", func() bool {
			sweep(filepath.Dir(dir))
			_, err := os.Stat(dir)
			return errors.Is(err, fs.ErrNotExist)
		})
	})
}

func TestSweepSparesDirectoriesInUse(t *testing.T) {
	base := t.TempDir()
	d := &directory{path: filepath.Join(base, directoryPrefix+"1")}
	if err := os.Mkdir(d.path, 0o700); err != nil {
		t.Fatal(err)
	}
	sweep(base)
	if _, err := os.Stat(d.path); err != nil {
		t.Errorf("a directory was swept before its owner could lock it: %v", err)
	}
	if err := d.claim(); err != nil {
		t.Fatal(err)
	}
	sweep(base)
	if _, err := os.Stat(d.path); err != nil {
		t.Errorf("a locked directory was swept: %v", err)
	}
	d.lock.Close()
	sweep(base)
	if _, err := os.Stat(d.path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an abandoned directory was not swept: %v", err)
	}
}

// quitter is a kind whose server prints a line and ends.
func quitter(line string) Kind {
	k := redis()
	k.command = func(*Server) []string { return []string{"sh", "-c", "echo '" + line + "'; exit 3"} }
	k.Programs = nil
	return k
}

func TestStartShowsTheLogOfAServerThatEnds(t *testing.T) {
	_, err := Start(t.Context(), quitter("no more memory"))
	if err == nil || !strings.Contains(err.Error(), "no more memory") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("Start = %v, want the exit status and the log", err)
	}
}

func TestStartTriesOtherPorts(t *testing.T) {
	k := quitter("bind: Address already in use")
	command := k.command
	var ports []int
	k.command = func(s *Server) []string {
		ports = append(ports, s.Port)
		return command(s)
	}
	if _, err := Start(t.Context(), k); !errors.Is(err, errPortTaken) {
		t.Errorf("Start = %v, want errPortTaken", err)
	}
	if len(ports) != portAttempts {
		t.Errorf("tried the ports %v, want %d", ports, portAttempts)
	}
}

// TestStartGivesUpWithItsContext starts something that never answers.
func TestStartGivesUpWithItsContext(t *testing.T) {
	k := quitter("")
	ctx, cancel := context.WithCancel(t.Context())
	k.command = func(*Server) []string { return []string{"sh", "-c", "echo thinking; exec sleep 1000"} }
	var server *Server
	k.ready = func(_ context.Context, s *Server) (string, error) {
		server = s
		if strings.Contains(s.Log(), "thinking") {
			cancel()
		}
		return "", io.EOF
	}
	_, err := Start(ctx, k)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "thinking") {
		t.Errorf("Start = %v, want the cancellation and the log", err)
	}
	if _, err := os.Stat(server.Dir()); !errors.Is(err, fs.ErrNotExist) || alive(server.Pid()) {
		t.Errorf("something was left: %s, process %d", server.Dir(), server.Pid())
	}
}

func TestStartNamesThePackagesOfMissingPrograms(t *testing.T) {
	k := redis()
	k.Programs = append(k.Programs, "redis-oracle")
	_, err := Start(t.Context(), k)
	if err == nil || !strings.Contains(err.Error(), "redis-oracle") || !strings.Contains(err.Error(), "apt-get install --no-install-recommends redis-server") {
		t.Errorf("Start = %v, want what is missing and how to install it", err)
	}
}

// TestStartAllStopsTheOthers starts one that works and one that does not.
func TestStartAllStopsTheOthers(t *testing.T) {
	good := redis()
	if len(good.Missing()) > 0 {
		t.Skip("no Redis")
	}
	running := make(chan *Server, 1)
	ready := good.ready
	good.ready = func(ctx context.Context, s *Server) (string, error) {
		version, err := ready(ctx, s)
		if err == nil {
			running <- s
		}
		return version, err
	}
	bad := quitter("never")
	if _, err := StartAll(t.Context(), []Kind{good, bad}); err == nil {
		t.Fatal("StartAll succeeded with a server that does not start")
	}
	if s := <-running; alive(s.Pid()) {
		t.Errorf("process %d was left running", s.Pid())
	}
}

func TestStringHidesThePassword(t *testing.T) {
	s := &Server{Kind: postgres(), Version: "15", Port: 5432, password: "secret"}
	if strings.Contains(s.String(), s.password) {
		t.Errorf("String() = %q shows the password", s)
	}
	if !strings.Contains(s.URL(), s.password) {
		t.Errorf("URL() = %q lacks the password", s.URL())
	}
}

func TestFreePortCanBeBound(t *testing.T) {
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

// alive reports whether a process runs. One that has ended and that nobody has
// waited for, as it happens to orphans in containers, does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil
	}
	_, state, _ := strings.Cut(string(stat), ") ") // the name may contain anything but ends here
	return !strings.HasPrefix(state, "Z")
}

// until polls for something that other processes do, and of which they give no
// notice. It ends with the test's own time limit.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatalf("gave up waiting for %s", what)
		}
	}
}
