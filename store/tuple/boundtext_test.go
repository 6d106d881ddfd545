package tuple

import "testing"

func TestBoundText(t *testing.T) {
	for _, c := range []struct {
		bound Bound
		text  string
	}{
		{Bound{}, `()`},
		{Bound{Key: Of(Text("user"), Int(42))}, `("user",42)`},
		{Bound{Key: Of(Text("NAME"), Text("al")), Part: true}, `("NAME","al"*)`},
		{Bound{Key: Of(Text(`*)`)), Part: true}, `("*)"*)`},
		{Bound{Key: Of(Text(`*)`))}, `("*)")`},
		{Bound{Key: Of(Bytes([]byte{0, 255})), Part: true}, `(x'00ff'*)`},
	} {
		if got := c.bound.String(); got != c.text {
			t.Errorf("%+v prints as %s, want %s", c.bound, got, c.text)
		}
		got, err := ParseBound(c.text)
		if err != nil || got.Part != c.bound.Part || !got.Key.Equal(c.bound.Key) {
			t.Errorf("%s reads as %+v, %v", c.text, got, err)
		}
	}
	for _, bad := range []string{`(*)`, `(42*)`, `("a"**)`, `*)`, `("a"*,1)`, `("a",*)`, `("a", *)`} {
		if got, err := ParseBound(bad); err == nil {
			t.Errorf("%s reads as %v, want an error", bad, got)
		}
	}
}
