package tuple_test

import (
	"fmt"

	"github.com/rowan-db/rowan/store/tuple"
)

func ExampleParse() {
	k, err := tuple.Parse(`("user", 42, 2026-01-02 12:30)`)
	fmt.Println(k, err)
	_, err = tuple.Parse(`("user", 2026-02-30)`)
	fmt.Println(err)
	// Output:
	// ("user",42,2026-01-02T12:30:00) <nil>
	// tuple: at 9: "2026-02-30" is not a date (such as 2026-01-31)
}

func ExampleTuple_Append() {
	for _, k := range []tuple.Tuple{
		tuple.Of(tuple.Text("user")),
		tuple.Of(tuple.Text("user"), tuple.Int(-1)),
		tuple.Of(tuple.Text("user"), tuple.Int(42)),
		tuple.Of(tuple.Text("user\x00")),
	} {
		fmt.Printf("% x\n", k.Append(nil))
	}
	// Output:
	// 28 75 73 65 72 00
	// 28 75 73 65 72 00 13 fe
	// 28 75 73 65 72 00 15 2a
	// 28 75 73 65 72 00 ff 00
}

func ExamplePrefixPart() {
	r := tuple.PrefixPart(tuple.Of(tuple.Text("name"), tuple.Text("al")))
	fmt.Println(r.Contains(tuple.Of(tuple.Text("name"), tuple.Text("alice"), tuple.Int(1))))
	fmt.Println(r.Contains(tuple.Of(tuple.Text("name"), tuple.Text("bob"))))
	lower, upper := r.Encoded()
	fmt.Printf("%q to %q\n", lower, upper)
	// Output:
	// true
	// false
	// "(name\x00(al" to "(name\x00(am"
}

func ExampleParseAs() {
	v, err := tuple.ParseAs(tuple.KindDecimal, "", "12.50")
	fmt.Println(v, v.Plain(), err)
	_, err = tuple.ParseAs(tuple.KindInt, "", "abc")
	fmt.Println(err)
	// Output:
	// d'12.50' 12.50 <nil>
	// tuple: "abc" is not an integer (-9223372036854775808 to 18446744073709551615)
}
