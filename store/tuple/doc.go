// Package tuple holds the typed values that rowan moves about, the tuples of
// them that identify rows, and the ranges of tuples that are scanned.
//
// It guarantees that
//
//   - a [Value] is immutable, comparable with ==, and owns its memory;
//   - [Compare] is a total order in which two values are equal only if they
//     are identical;
//   - [Tuple.Append] preserves that order: for all tuples a and b,
//     bytes.Compare(a.Append(nil), b.Append(nil)) == a.Compare(b), and a tuple
//     sorts before all longer tuples that begin with it;
//   - [Decode] never panics, and accepts only bytes that Append writes;
//   - [Parse] reads back what [Tuple.String] prints, and
//     [Value.UnmarshalJSON] what [Value.AppendJSON] writes, for every value;
//   - what reads foreign bytes or text takes time and memory in proportion to
//     its length.
//
// It does not do arithmetic, and its order is not SQL's: values of different
// kinds are ordered by kind, text by its bytes and not by a collation, and
// intervals by their fields. A database that orders otherwise says so in its
// driver.
//
// The encoding of a tuple is the concatenation of its elements. An element
// begins with a byte that tells its kind (and, for an integer, its length),
// in the order of the kinds; no such byte is 0xFF, so that 0xFF is a true
// infinity: it sorts after every element. The scheme is that of FoundationDB's
// tuple layer, with codes and kinds of our own; docs/FORMAT.md lists them.
//
// A value has four texts. [Value.String] is for people and copies: it tells the
// kind. [Value.Plain] is for a table, where the column tells it. [Value.Edit] is
// for an editor, and [ParseAs] reads it, or what is typed instead. AppendJSON is
// for scripts.
package tuple
