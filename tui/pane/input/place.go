package input

// At returns where the cursor is, in bytes of the text.
func (m *Model) At() int { return m.at }

// Replace replaces the bytes from start up to end, which lie between clusters,
// and puts the cursor behind what takes their place.
func (m *Model) Replace(start, end int, text string) {
	m.text = m.text[:start] + text + m.text[end:]
	m.at = start + len(text)
	m.changed()
}
