package tuple

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The tags of values that JSON has no form for. A tag is never given a second
// meaning.
const (
	tagFloat    = "$float"
	tagDecimal  = "$decimal"
	tagText     = "$text"
	tagBytes    = "$bytes"
	tagUUID     = "$uuid"
	tagTime     = "$time"
	tagInterval = "$interval"
	tagJSON     = "$json"
	tagOther    = "$other"
)

// AppendJSON appends v as JSON on one line to dst and returns the longer
// slice. UnmarshalJSON reads it back as v.
//
//	null, bool        null, true, false
//	int, uint         42: all digits, above 2^53 too
//	float             1.0, 1e+100: always with a point or an exponent
//	                  {"$float":"nan"}, {"$float":"inf"}, {"$float":"-inf"}
//	decimal           {"$decimal":"12.50"}
//	text              "text"; if it is not UTF-8, {"$text":"<base64>"}
//	bytes             {"$bytes":"<base64>"}
//	uuid              {"$uuid":"6ba7b810-9dad-11d1-80b4-00c04fd430c8"}
//	date              {"$time":"2026-01-02"}
//	time              {"$time":"12:30:00.5"}
//	timestamp         {"$time":"2026-01-02T12:30:00"}, an instant with Z
//	interval          {"$interval":"P1Y2M3DT4H5M6.7S"}
//	json              a document as it is, {"a": 1} or [1,2], if it can be told
//	                  from the rest and takes one line; else {"$json":"<text>"}
//	other             {"$other":{"type":"inet","text":"10.0.0.1"}}
//
// An object with one key that begins with $ is always a tag: a document that
// looks like one is written as {"$json":"<text>"}. Where a tag's text is not
// UTF-8, {"$text":"<base64>"} stands in its place.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.kind {
	case KindNull, KindBool, KindInt, KindUint:
		return v.appendBare(dst)
	case KindText:
		return appendJSONText(dst, v.str)
	case KindJSON:
		if isDocument(v.str) {
			return append(dst, v.str...)
		}
	case KindFloat:
		if f := v.AsFloat(); f-f == 0 { // neither NaN nor infinite
			return appendFloat(dst, f)
		}
	}
	dst = append(append(append(dst, `{"`...), v.jsonTag()...), `":`...)
	return append(v.appendTagged(dst), '}')
}

func (v Value) jsonTag() string {
	switch v.kind {
	case KindFloat:
		return tagFloat
	case KindDecimal:
		return tagDecimal
	case KindBytes:
		return tagBytes
	case KindUUID:
		return tagUUID
	case KindDate, KindTime, KindTimestamp:
		return tagTime
	case KindInterval:
		return tagInterval
	case KindJSON:
		return tagJSON
	}
	return tagOther
}

// appendTagged appends what stands after v's tag.
func (v Value) appendTagged(dst []byte) []byte {
	switch v.kind {
	case KindBytes:
		return appendBase64(dst, v.str)
	case KindJSON:
		return appendJSONText(dst, v.str)
	case KindOther:
		dst = appendJSONText(append(dst, `{"type":`...), v.TypeName())
		return append(appendJSONText(append(dst, `,"text":`...), v.AsText()), '}')
	}
	return append(v.appendBare(append(dst, '"')), '"')
}

// appendJSONText appends s as a JSON string, if it can be one.
func appendJSONText(dst []byte, s string) []byte {
	if utf8.ValidString(s) {
		return appendQuoted(dst, s)
	}
	dst = append(dst, `{"`+tagText+`":`...)
	return append(appendBase64(dst, s), '}')
}

func appendBase64(dst []byte, s string) []byte {
	dst = base64.StdEncoding.AppendEncode(append(dst, '"'), []byte(s))
	return append(dst, '"')
}

// isDocument reports whether a JSON text can stand for itself: it is an object
// or an array, but no tag, and reading it back gives the same bytes.
func isDocument(s string) bool {
	if s == "" || s[0] != '{' && s[0] != '[' || s != strings.TrimSpace(s) ||
		!utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || !json.Valid([]byte(s)) {
		return false
	}
	_, _, tagged := cutTag([]byte(s))
	return !tagged
}

// MarshalJSON returns what AppendJSON appends. Note that [json.Marshal]
// compacts what it is given, so that a document loses its insignificant white
// space; AppendJSON keeps it.
func (v Value) MarshalJSON() ([]byte, error) { return v.AppendJSON(nil), nil }

// UnmarshalJSON sets v to what AppendJSON wrote as data. It also reads numbers
// that AppendJSON does not write: an integer that no int64 or uint64 holds
// becomes a decimal. A number too large for a float is an error.
func (v *Value) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if !json.Valid(data) || !utf8.Valid(data) {
		return fmt.Errorf("tuple: not valid JSON: %.40q", data)
	}
	got, err := parseJSONValue(data)
	if err == nil {
		*v = got
	}
	return err
}

// parseJSONValue reads valid JSON.
func parseJSONValue(data []byte) (Value, error) {
	switch data[0] {
	case 'n':
		return Null, nil
	case 't', 'f':
		return Bool(data[0] == 't'), nil
	case '"':
		s, ok := jsonText(data)
		if !ok {
			return Null, fmt.Errorf("tuple: half a surrogate pair in the JSON string %.40q", data)
		}
		return Text(s), nil
	case '[':
		return JSON(string(data)), nil
	case '{':
		if tag, content, ok := cutTag(data); ok {
			return parseTagged(tag, content)
		}
		return JSON(string(data)), nil
	}
	return parseJSONNumber(string(data))
}

func parseJSONNumber(s string) (Value, error) {
	if strings.ContainsAny(s, ".eE") {
		v, ok := parseFloat(s)
		if !ok {
			return Null, fmt.Errorf(`tuple: the number %.40s does not fit a float; write {"$decimal":"…"}`, s)
		}
		return v, nil
	}
	if v, ok := parseInteger(s); ok {
		return v, nil
	}
	return Decimal(s)
}

// cutTag takes apart valid JSON that is an object of one key that begins with
// a dollar sign.
func cutTag(data []byte) (tag string, content []byte, ok bool) {
	rest := bytes.TrimLeft(data[1:], " \t\r\n")
	if data[0] != '{' || rest[0] != '"' {
		return "", nil, false
	}
	d := json.NewDecoder(bytes.NewReader(data))
	var raw json.RawMessage
	if _, err := d.Token(); err != nil {
		return "", nil, false
	}
	key, err := d.Token()
	if tag, _ = key.(string); err != nil || !strings.HasPrefix(tag, "$") {
		return "", nil, false
	}
	if err := d.Decode(&raw); err != nil || d.More() {
		return "", nil, false
	}
	return tag, raw, true
}

func parseTagged(tag string, content []byte) (Value, error) {
	if tag == tagOther {
		return parseTaggedOther(content)
	}
	text, ok := jsonText(content)
	var v Value
	if ok {
		v, ok = parseTag(tag, text)
	}
	if !ok {
		return Null, fmt.Errorf(`tuple: {%q:%.40s} is not a value that rowan knows; a document with such a key is written {"$json":"…"}`, tag, content)
	}
	return v, nil
}

func parseTag(tag, text string) (Value, bool) {
	switch tag {
	case tagFloat:
		return parseFloat(text)
	case tagDecimal:
		return parseKind(KindDecimal, text)
	case tagText:
		b, err := base64.StdEncoding.DecodeString(text)
		return Text(string(b)), err == nil
	case tagBytes:
		b, err := base64.StdEncoding.DecodeString(text)
		return Bytes(b), err == nil
	case tagUUID:
		return parseUUID(text)
	case tagTime:
		return parseTemporal(text)
	case tagInterval:
		return parseInterval(text)
	case tagJSON:
		return JSON(text), true
	}
	return Null, false
}

func parseTaggedOther(content []byte) (Value, error) {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(content, &parts); err == nil && len(parts) == 2 {
		typ, ok1 := jsonText(parts["type"])
		text, ok2 := jsonText(parts["text"])
		if ok1 && ok2 {
			return Other(typ, text), nil
		}
	}
	return Null, fmt.Errorf(`tuple: want {"$other":{"type":"…","text":"…"}}, not %.40s`, content)
}

// jsonText reads valid JSON that appendJSONText wrote.
func jsonText(data []byte) (string, bool) {
	if len(data) == 0 {
		return "", false
	}
	if data[0] == '"' {
		s, _, err := unquote(string(data))
		return s, err == nil
	}
	tag, content, ok := cutTag(data)
	if !ok || tag != tagText || content[0] != '"' {
		return "", false
	}
	s, _, err := unquote(string(content))
	if err != nil {
		return "", false
	}
	b, decodeErr := base64.StdEncoding.DecodeString(s)
	return string(b), decodeErr == nil
}

// MarshalJSON returns t as a JSON array.
func (t Tuple) MarshalJSON() ([]byte, error) { return t.AppendJSON(nil), nil }

// AppendJSON appends t as a JSON array to dst and returns the longer slice.
func (t Tuple) AppendJSON(dst []byte) []byte {
	dst = append(dst, '[')
	for i, v := range t {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = v.AppendJSON(dst)
	}
	return append(dst, ']')
}
