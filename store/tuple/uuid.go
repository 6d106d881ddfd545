package tuple

import (
	"encoding/hex"
	"strings"
)

// uuidDashes is where a UUID's canonical form has dashes.
var uuidDashes = [...]int{8, 13, 18, 23}

func looksLikeUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for _, i := range uuidDashes {
		if s[i] != '-' {
			return false
		}
	}
	return true
}

func appendUUID(dst []byte, s string) []byte {
	start := 0
	for i, end := range [...]int{4, 6, 8, 10, 16} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, []byte(s[start:end]))
		start = end
	}
	return dst
}

// parseUUID reads the canonical form, or 32 hex digits, with braces around it
// or not.
func parseUUID(s string) (Value, bool) {
	if strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") {
		s = s[1 : len(s)-1]
	}
	if looksLikeUUID(s) {
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 16 {
		return Null, false
	}
	return UUID([16]byte(b)), true
}
