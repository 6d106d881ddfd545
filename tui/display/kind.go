package display

// Kind says what a piece of a structured text is, for its colour.
type Kind uint8

// The kinds.
const (
	KindText Kind = iota
	KindName      // of a member of an object
	KindString
	KindNumber
	KindBool
	KindNull
	KindPunct
	KindInvalid // what follows an error
)
