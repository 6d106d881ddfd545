package themes

// Role is a purpose that a colour serves. Roles that end in Bg are
// backgrounds; all others are drawn as text on one of them.
type Role uint8

// The roles. The pairs that are used together are listed in the tests, which
// hold every theme to a readable contrast.
const (
	Background Role = iota // the screen
	Text
	Muted           // what matters less: units, column types, unfocused titles
	Accent          // the theme's own colour: what is active
	Border          // of a panel without the focus
	BorderFocus     // of the panel with the focus
	Title           // of the panel with the focus
	HeaderText      // the line at the top
	HeaderBg        //
	ColumnText      // column names above the rows
	CursorText      // the selected cell
	CursorBg        //
	RowBg           // the row that the cursor is in
	SelectionBg     // marked rows
	Add             // a staged insert
	Change          // a staged edit
	Delete          // a staged delete
	Key             // elements of keys, names in JSON
	String          // text values
	Number          // numbers
	Bool            // true and false
	Time            // dates, times, durations, identifiers
	Binary          // bytes, hex dumps
	Null            // the absence of a value
	Escape          // what stands for a character that cannot be shown
	MatchText       // a search match
	MatchBg         //
	OK              // success
	Warn            // attention
	Fail            // errors
	ProdText        // the production badge
	ProdBg          //
	BadgeText       // other badges: read-only, transaction
	BadgeBg         //
	HintKey         // keys in the line at the bottom
	HintText        // what they do
	OverlayBg       // dialogs and menus
	numRoles    int = iota
)

// roleNames are the names in theme files.
var roleNames = [numRoles]string{
	Background: "background", Text: "text", Muted: "muted", Accent: "accent",
	Border: "border", BorderFocus: "border-focus", Title: "title",
	HeaderText: "header-text", HeaderBg: "header-bg", ColumnText: "column-text",
	CursorText: "cursor-text", CursorBg: "cursor-bg", RowBg: "row-bg", SelectionBg: "selection-bg",
	Add: "add", Change: "change", Delete: "delete",
	Key: "key", String: "string", Number: "number", Bool: "bool", Time: "time",
	Binary: "binary", Null: "null", Escape: "escape",
	MatchText: "match-text", MatchBg: "match-bg",
	OK: "ok", Warn: "warn", Fail: "fail",
	ProdText: "prod-text", ProdBg: "prod-bg", BadgeText: "badge-text", BadgeBg: "badge-bg",
	HintKey: "hint-key", HintText: "hint-text", OverlayBg: "overlay-bg",
}

// String returns the role's name in theme files.
func (r Role) String() string { return roleNames[r] }

// Roles returns all roles, in order.
func Roles() []Role {
	all := make([]Role, numRoles)
	for i := range all {
		all[i] = Role(i)
	}
	return all
}

func roleNamed(name string) (Role, bool) {
	for i, n := range roleNames {
		if n == name {
			return Role(i), true
		}
	}
	return 0, false
}
