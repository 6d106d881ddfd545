package redis

import (
	"strconv"
	"strings"

	"github.com/rowan-db/rowan/store/driver"
)

// joinWords writes texts as redis-cli reads them: in quotes, with escapes for
// what is not printable, so that every byte is kept.
func joinWords(texts []string) string {
	var b strings.Builder
	for i, text := range texts {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Quote(text))
	}
	return b.String()
}

// splitWords reads what joinWords writes, and words without quotes.
func splitWords(s string) ([]string, error) {
	words := []string{}
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if s[0] != '"' {
			word, rest, _ := strings.Cut(s, " ")
			words, s = append(words, word), rest
			continue
		}
		quoted, err := strconv.QuotedPrefix(s)
		if err != nil {
			return nil, driver.Errorf(driver.BadValue, "a quote is not closed, or what follows a backslash means nothing: %s", s)
		}
		word, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, driver.Errorf(driver.BadValue, "%s cannot be read: %w", quoted, err)
		}
		words, s = append(words, word), s[len(quoted):]
		if s != "" && s[0] != ' ' {
			return nil, driver.Errorf(driver.BadValue, "a space is missing after %s", quoted)
		}
	}
	return words, nil
}
