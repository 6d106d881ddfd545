package tuple_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/rowan-db/rowan/store/tuple"
)

func TestJSONForm(t *testing.T) {
	for _, test := range []struct{ literal, want string }{
		{`null`, `null`},
		{`true`, `true`},
		{`-9223372036854775808`, `-9223372036854775808`},
		{`18446744073709551615`, `18446744073709551615`},
		{`1.0`, `1.0`},
		{`-0.0`, `-0.0`},
		{`1e+100`, `1e+100`},
		{`nan`, `{"$float":"nan"}`},
		{`-inf`, `{"$float":"-inf"}`},
		{`d'12.50'`, `{"$decimal":"12.50"}`},
		{`d'NaN'`, `{"$decimal":"NaN"}`},
		{`"caf\u00e9\n\u0000"`, `"café\n\u0000"`},
		{`"\xff"`, `{"$text":"/w=="}`},
		{`x'0001'`, `{"$bytes":"AAE="}`},
		{`6ba7b810-9dad-11d1-80b4-00c04fd430c8`, `{"$uuid":"6ba7b810-9dad-11d1-80b4-00c04fd430c8"}`},
		{`2026-01-02`, `{"$time":"2026-01-02"}`},
		{`12:30:00.5`, `{"$time":"12:30:00.5"}`},
		{`2026-01-02T12:30:00`, `{"$time":"2026-01-02T12:30:00"}`},
		{`2026-01-02T12:30:00Z`, `{"$time":"2026-01-02T12:30:00Z"}`},
		{`interval'P1Y'`, `{"$interval":"P1Y"}`},
		{`json'{"a": [1, 2]}'`, `{"a": [1, 2]}`},
		{`json'[{"$bytes":"AAE="}]'`, `[{"$bytes":"AAE="}]`},
		{`json'{}'`, `{}`},
		{`json'{"$ref":"#"}'`, `{"$json":"{\"$ref\":\"#\"}"}`},
		{`json'{"$a":1,"b":2}'`, `{"$a":1,"b":2}`},
		{`json'"a"'`, `{"$json":"\"a\""}`},
		{`json'1'`, `{"$json":"1"}`},
		{`json'{bad'`, `{"$json":"{bad"}`},
		{`json"[\n1]"`, `{"$json":"[\n1]"}`},
		{`json"\xff"`, `{"$json":{"$text":"/w=="}}`},
		{`other("inet","10.0.0.1")`, `{"$other":{"type":"inet","text":"10.0.0.1"}}`},
		{`other("a","\xff")`, `{"$other":{"type":"a","text":{"$text":"/w=="}}}`},
	} {
		v, err := tuple.ParseValue(test.literal)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(v.AppendJSON(nil)); got != test.want {
			t.Errorf("%s is written as %s, not %s", test.literal, got, test.want)
		}
		var back tuple.Value
		if err := json.Unmarshal([]byte(test.want), &back); err != nil || back != v {
			t.Errorf("%s is read as %v, %v, not %s", test.want, back, err, test.literal)
		}
	}
}

func TestJSONThatOthersWrite(t *testing.T) {
	for _, test := range []struct{ json, want string }{
		{`18446744073709551616`, `d'18446744073709551616'`},
		{`1E3`, `1000.0`},
		{`"\ud83d\udc4d\u0041\/"`, `"👍A/"`},
		{`{ "$time" : "2026-01-02 12:30:00+02:00" }`, `2026-01-02T10:30:00Z`},
		{`{"\u0024decimal":"1e3"}`, `d'1000'`},
		{`{"a":1,"a":2}`, `json'{"a":1,"a":2}'`},
	} {
		var v tuple.Value
		if err := json.Unmarshal([]byte(test.json), &v); err != nil || v.String() != test.want {
			t.Errorf("%s is read as %v, %v, not %s", test.json, v, err, test.want)
		}
	}
}

func TestJSONThatIsNoValue(t *testing.T) {
	for _, test := range []struct{ json, want string }{
		{`1e400`, `does not fit a float`},
		{`"\ud800"`, `half a surrogate pair`},
		{`{"$ref":"#"}`, `is not a value that rowan knows`},
		{`{"$bytes":"00ff="}`, `is not a value that rowan knows`},
		{`{"$uuid":7}`, `is not a value that rowan knows`},
		{`{"$time":"noon"}`, `is not a value that rowan knows`},
		{`{"$other":{"type":"a"}}`, `want {"$other":`},
		{`{"$other":{"type":"a","text":null}}`, `want {"$other":`},
		{"\"\xff\"", `not valid JSON`},
		{``, `not valid JSON`},
		{`{"$text":`, `not valid JSON`},
	} {
		v := tuple.Int(7)
		err := v.UnmarshalJSON([]byte(test.json))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s is read as %v, %v, want: %s", test.json, v, err, test.want)
		}
		if v != tuple.Int(7) {
			t.Errorf("%s changed the value to %v", test.json, v)
		}
	}
}

func TestMarshalledTupleReadsBack(t *testing.T) {
	want := tuple.Of(tuple.Text("<é>\u2028"), tuple.Int(1<<62), tuple.Null, tuple.JSON(`{"a":1}`))
	cell := tuple.BytesOf("\x00\x01")
	text, err := json.Marshal(map[string]any{"key": want, "cell": cell})
	if err != nil {
		t.Fatal(err)
	}
	var row struct {
		Key  tuple.Tuple
		Cell tuple.Value
	}
	if err := json.Unmarshal(text, &row); err != nil || !slices.Equal(row.Key, want) || row.Cell != cell {
		t.Errorf("%s is read as %v, %v", text, row, err)
	}
	if text, err := json.Marshal(tuple.Tuple(nil)); err != nil || string(text) != "[]" {
		t.Errorf("the empty tuple is written as %s, %v", text, err)
	}
}
