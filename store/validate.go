package store

import (
	"fmt"

	"github.com/rowan-db/rowan/store/tuple"
)

// checkChange refuses a change that cannot be right, whatever the rows are.
// Whether a column can hold a value of some kind is for the database to say:
// some hold any.
func checkChange(s *Schema, c *Change) error {
	op := c.Op.String()
	if s.ReadOnly != "" {
		return fault(op, s.Name, ReadOnly, "%s", s.ReadOnly).
			withHint("choose a table that can be written")
	}
	if c.Op < Insert || c.Op > Remove {
		return fault(op, s.Name, Internal, "there is no operation %d", c.Op)
	}
	if err := checkChangeKeys(op, s, c); err != nil {
		return err
	}
	if c.Base != nil && len(c.Base) != len(s.Columns) {
		return fault(op, s.Name, Internal, "the change is based on %s, the table has %d",
			count(len(c.Base), "column"), len(s.Columns))
	}
	return checkAssignments(op, s, c.Set)
}

func checkChangeKeys(op string, s *Schema, c *Change) error {
	if c.Op != Insert || c.Key != nil || !s.AutoKey {
		if err := checkKey(op, s, c.Key); err != nil {
			return err
		}
	}
	switch {
	case c.Op == Insert, c.Op == Put:
		return checkNewKey(op, s, c.Key)
	case c.NewKey == nil:
		return nil
	case c.Op != Update:
		return fault(op, s.Name, Internal, "only an update gives a row another key")
	}
	if err := checkKey(op, s, c.NewKey); err != nil {
		return err
	}
	return checkNewKey(op, s, c.NewKey)
}

// checkNewKey checks that a row may get the key k.
func checkNewKey(op string, s *Schema, k tuple.Tuple) error {
	for i, v := range k {
		if v.IsNull() && !s.Key[i].Nullable {
			return fault(op, s.Name, BadKey, "column %s of the key cannot be NULL", s.Key[i].Name)
		}
	}
	return nil
}

// checkKey checks that k is a whole key. Its elements may be of kinds that
// the schema does not expect, because then there is just no such row.
func checkKey(op string, s *Schema, k tuple.Tuple) error {
	if len(k) == len(s.Key) {
		return nil
	}
	return fault(op, s.Name, BadKey, "the key %s has %s, it must have %d",
		describeKey(k), count(len(k), "element"), len(s.Key))
}

func checkAssignments(op string, s *Schema, set []Assignment) error {
	seen := make([]bool, len(s.Columns))
	for _, a := range set {
		if a.Column < 0 || a.Column >= len(s.Columns) {
			return fault(op, s.Name, Internal, "there is no column %d", a.Column)
		}
		c := &s.Columns[a.Column]
		if seen[a.Column] {
			return fault(op, s.Name, BadValue, "column %s is set twice", c.Name)
		}
		seen[a.Column] = true
		if err := checkValue(op, s, c, a.Value); err != nil {
			return err
		}
	}
	return nil
}

// checkValue checks that a column or key element may be set to v.
func checkValue(op string, s *Schema, c *Column, v tuple.Value) error {
	switch {
	case c.Generated:
		return fault(op, s.Name, ReadOnly, "the database itself computes column %s", c.Name).
			withHint("change the columns that it is computed from")
	case v.IsNull() && !c.Nullable:
		return fault(op, s.Name, BadValue, "column %s cannot be NULL", c.Name).
			withHint("give it a value")
	}
	return nil
}

// describeKey is k for a message: a key may be of any length.
func describeKey(k tuple.Tuple) string {
	const most = 200
	text := fmt.Sprint(k)
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}

// count returns a number of things in words.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
