package profile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"
)

// readINI reads the sections of a file such as ~/.my.cnf or ~/.pg_service.conf:
// names and values, parted by an equals sign, below names in brackets.
func readINI(path string) (map[string]map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseINI(string(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))), nil
}

// parseINI reads what it can, as the programs whose files these are do.
func parseINI(text string) map[string]map[string]string {
	sections := map[string]map[string]string{}
	var section map[string]string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			name, _, _ = strings.Cut(name, "]")
			name = strings.TrimSpace(name)
			if section, ok = sections[name]; !ok {
				section = map[string]string{}
				sections[name] = section
			}
			continue
		}
		if line == "" || strings.ContainsRune("#;!", rune(line[0])) || section == nil {
			continue
		}
		name, value, _ := strings.Cut(line, "=")
		section[strings.TrimSpace(name)] = iniValue(strings.TrimSpace(value))
	}
	return sections
}

// iniValue removes the quotes or the comment of a value.
func iniValue(value string) string {
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') {
		if end := strings.IndexByte(value[1:], value[0]); end >= 0 {
			return strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\'`, `'`).Replace(value[1 : end+1])
		}
	}
	if i := strings.Index(value, " #"); i >= 0 {
		value = strings.TrimSpace(value[:i])
	}
	return value
}

// othersMayRead reports whether people other than the file's owner may read or
// write it. Windows keeps that elsewhere.
func othersMayRead(path string) bool {
	info, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0
}

// cause is an error of a file without the file's name and the system call.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
