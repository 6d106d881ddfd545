package tuple_test

import (
	"testing"
	"time"

	"github.com/rowan-db/rowan/store/tuple"
)

// keys are such as tables really have.
func keys(t testing.TB) map[string]tuple.Tuple {
	return map[string]tuple.Tuple{
		"int":       tuple.Of(tuple.Int(1_234_567)),
		"text+int":  tuple.Of(tuple.Text("customer-4711"), tuple.Int(1_234_567)),
		"uuid+time": tuple.Of(canonicalUUID, tuple.Instant(time.Unix(1_767_357_000, 0))),
		"decimal":   tuple.Of(mustDecimal(t, "1234.50")),
	}
}

func BenchmarkAppend(b *testing.B) {
	for name, k := range keys(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var buf []byte
			for b.Loop() {
				buf = k.Append(buf[:0])
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, k := range keys(b) {
		encoded := k.Append(nil)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tuple.Decode(encoded); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendDecode(b *testing.B) {
	for name, k := range keys(b) {
		encoded := k.Append(nil)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var t tuple.Tuple
			for b.Loop() {
				var err error
				if t, err = tuple.AppendDecode(t[:0], encoded); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	for name, k := range keys(b) {
		other, err := tuple.Decode(k.Append(nil))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if k.Compare(other) != 0 {
					b.Fatal("differ")
				}
			}
		})
	}
}

func BenchmarkString(b *testing.B) {
	for name, k := range keys(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var buf []byte
			for b.Loop() {
				buf = k.AppendString(buf[:0])
			}
		})
	}
}

func BenchmarkPlain(b *testing.B) {
	for name, k := range keys(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, v := range k {
					if v.Plain() == "" {
						b.Fatal("empty")
					}
				}
			}
		})
	}
}
