package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
)

// machine describes where something was measured, for people: what is unknown
// is left out.
func machine(dir string) []string {
	var out []string
	add := func(format string, what string) {
		if what != "" {
			out = append(out, fmt.Sprintf(format, what))
		}
	}
	add("processor: %s", fmt.Sprintf("%s, %d in use", orUnknown(field("/proc/cpuinfo", "model name")), runtime.NumCPU()))
	add("memory: %s", field("/proc/meminfo", "MemTotal"))
	add("load average at the end, of this and other work: %s", contents("/proc/loadavg"))
	add("kernel: %s", contents("/proc/sys/kernel/osrelease"))
	add("file system of the stores: %s", fileSystem(dir))
	add("Go: %s", strings.TrimPrefix(runtime.Version(), "go"))
	for _, m := range []string{"go.etcd.io/bbolt", "github.com/cockroachdb/pebble/v2"} {
		add(m+" %s", moduleVersion(m))
	}
	for _, e := range allEngines() {
		if e.debian != "" {
			add(e.debian+" %s", packageVersion(e.debian))
		}
	}
	add("gcc %s", firstLine("gcc", "-dumpfullversion"))
	add("%s", firstLine("rustc", "--version"))
	return out
}

func orUnknown(s string) string {
	if s == "" {
		return runtime.GOARCH
	}
	return s
}

// field returns the first value of a name in a file of "name : value" lines.
func field(path, name string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // only read
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// contents returns what a file of one line says.
func contents(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// fileSystem returns the kind of file system that a folder is on.
func fileSystem(dir string) string {
	return firstLine("findmnt", "-n", "-o", "FSTYPE", "-T", dir)
}

// inMemory reports whether a folder is on a file system without a disk, where
// nothing is durable.
func inMemory(dir string) (bool, error) {
	const tmpfs, ramfs = 0x01021994, 0x858458f6
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return false, err
	}
	return s.Type == tmpfs || s.Type == ramfs, nil
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return ""
}

func packageVersion(name string) string {
	return firstLine("dpkg-query", "-W", "-f", "${Version}", name)
}

// firstLine returns the first line that a program writes, or nothing.
func firstLine(argv ...string) string {
	out, err := exec.Command(argv[0], argv[1:]...).Output()
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(line)
}
