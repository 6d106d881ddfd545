package sqltext

import "testing"

func TestSpell(t *testing.T) {
	for name, want := range map[string]string{
		"orders": "orders", "order": `"order"`, "billing.invoices": "billing.invoices", "a.order": `"a.order"`,
		"Orders": `"Orders"`, "two words": `"two words"`, `a"b`: `"a""b"`, "": `""`, "1a": `"1a"`, "é": `"é"`, "_x1": "_x1",
	} {
		if got := standard.Spell(name); got != want {
			t.Errorf("%q is spelled %s, want %s", name, got, want)
		}
	}
	if got := ticks.Spell("a`B"); got != "`a``B`" {
		t.Errorf("in backticks: %s", got)
	}
}
