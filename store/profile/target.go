package profile

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
)

// resolvePath makes a path absolute: from the home directory, or from dir.
func resolvePath(dir, path string) string {
	switch {
	case path == "" || IsURL(path) || filepath.IsAbs(path):
		return path
	case path == "~" || strings.HasPrefix(path, "~/"):
		return filepath.Join(xdg.Home, path[1:])
	}
	return filepath.Join(dir, path)
}

// IsURL reports whether a target is a URL and not a path.
func IsURL(target string) bool {
	_, _, ok := CutScheme(target)
	return ok
}

// CutScheme splits a URL after its scheme. A scheme has two lower-case letters
// or more, so that C:\ begins a path.
func CutScheme(target string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(target, ":")
	if !ok || len(scheme) < 2 || strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+") != "" {
		return "", "", false
	}
	return scheme, rest, true
}

// secretParameters are the parameters of URLs that hold secrets, in lower case.
var secretParameters = map[string]bool{"password": true, "pass": true, "passwd": true, "pwd": true, "sslpassword": true}

// Redact returns a target without the passwords that it holds, and whether it
// held any. It works on the text alone, so that it also finds the password of a
// URL that nothing can read, such as one with an @ that is not escaped.
func Redact(target string) (clean string, held bool) {
	scheme, rest, ok := CutScheme(target)
	if !ok || !strings.HasPrefix(rest, "//") {
		return target, false
	}
	rest, fragment, hasFragment := strings.Cut(rest[2:], "#")
	if strings.Contains(fragment, "@") {
		// A # of the password that should have been %23.
		rest, hasFragment = rest+"#"+fragment, false
	}
	account, address := cutAccount(rest)
	user, _, hasPassword := strings.Cut(account, ":")
	address, hasParameter := redactQuery(address)
	clean = scheme + "://"
	if account != "" {
		clean += user
		if user != "" {
			clean += "@"
		}
	}
	clean += address
	if hasFragment {
		clean += "#" + fragment
	}
	return clean, hasPassword || hasParameter
}

// cutAccount splits what follows the scheme of a URL after the user and the
// password. Both may hold characters that should have been escaped: an @ before
// the parameters, or else anywhere after a colon, ends them.
func cutAccount(rest string) (account, address string) {
	before, _, _ := strings.Cut(rest, "?")
	at := strings.LastIndex(before, "@")
	if authority := cutAuthority(rest[at+1:]); strings.Contains(authority, ":") && !endsInPort(authority) {
		at = strings.LastIndex(rest, "@")
	}
	if at < 0 {
		return "", rest
	}
	return rest[:at], rest[at+1:]
}

// cutAuthority returns the host and the port that an address begins with.
func cutAuthority(address string) string {
	if i := strings.IndexAny(address, "/?#"); i >= 0 {
		return address[:i]
	}
	return address
}

// endsInPort reports whether what follows the first colon of an authority is a
// number, as it is of no password; an IPv6 address, in brackets, is no password
// either.
func endsInPort(authority string) bool {
	_, port, ok := strings.Cut(authority, ":")
	return ok && strings.Trim(port, "0123456789") == "" || strings.HasPrefix(authority, "[") && strings.Contains(authority, "]")
}

// redactQuery removes the parameters that hold secrets from the end of a URL.
func redactQuery(address string) (clean string, held bool) {
	path, query, ok := strings.Cut(address, "?")
	if !ok {
		return address, false
	}
	var kept []string
	for _, parameter := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(parameter, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		if secretParameters[strings.ToLower(strings.TrimSpace(name))] {
			held = true
			continue
		}
		kept = append(kept, parameter)
	}
	if !held {
		return address, false
	}
	if len(kept) == 0 {
		return path, true
	}
	return path + "?" + strings.Join(kept, "&"), true
}
