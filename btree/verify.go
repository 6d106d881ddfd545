package btree

import "fmt"

// verifyPage decides whether b is a whole page with the wanted number: its checksum, its place, and a structure in which no
// offset leads out of the page. It does not look at the order of keys. It must stand any bytes.
func verifyPage(b []byte, number uint64) error {
	p := page(b)
	if sum := le.Uint32(p[offCRC:]); sum != p.sum() {
		return corrupt(number, "its checksum is %08x and its header says %08x", p.sum(), sum)
	}
	return verifyStructure(p, number)
}

func verifyStructure(p page, number uint64) error {
	if p.number() != number {
		return corrupt(number, "it says that it is page %d", p.number())
	}
	why := ""
	switch p.kind() {
	case kindLeaf, kindBranch:
		why = p.structureFault()
	case kindOverflow, kindSpace:
	default:
		why = fmt.Sprintf("unknown kind %d", p.kind())
	}
	if why != "" {
		return corrupt(number, "%s", why)
	}
	return nil
}

// structureFault names what is wrong with a leaf or branch, or returns "".
func (p page) structureFault() string {
	switch {
	case p.isBranch() == (p.level() == 0) || p.level() > maxLevel:
		return fmt.Sprintf("a page of kind %d at level %d", p.kind(), p.level())
	case p.count() == 0:
		return "it has no entries"
	case p.count() > p.capacity():
		return fmt.Sprintf("%d entries in arrays of %d", p.count(), p.capacity())
	case p.free() < 0:
		return "its arrays and records overlap"
	case p.garbage() > p.used():
		return "it has more unused record bytes than record bytes"
	}
	return p.recordFault()
}

// recordFault checks that every record lies in the record area, and that heads and sizes agree with the records.
func (p page) recordFault() string {
	slots, sum := p.slotsAt(), 0
	fixed := p.lens()
	if fixed != 0 && fixed&lensFixed == 0 {
		return "the lengths of its records are not marked as fixed"
	}
	if p.ordered() && (fixed == 0 || p.isBranch()) {
		return "its records are marked as being in order and cannot be"
	}
	for i := range p.count() {
		if i == 0 && p.isBranch() {
			continue
		}
		fromEnd := int(le.Uint16(p[slots+2*i:]))
		if fromEnd > p.used() {
			return fmt.Sprintf("entry %d lies outside of the records", i)
		}
		lens, size := fixed, 0
		if fixed == 0 {
			if size = lensSize; fromEnd < size {
				return fmt.Sprintf("entry %d is cut off", i)
			}
			lens = le.Uint32(p[len(p)-fromEnd:])
		}
		size += keyLen(lens) + valLen(lens)
		if size > fromEnd {
			return fmt.Sprintf("entry %d reaches beyond the page", i)
		}
		if p.ordered() && fromEnd != (i+1)*size {
			return fmt.Sprintf("entry %d is not in order as its header says", i)
		}
		if why := lensFault(p, lens); why != "" {
			return fmt.Sprintf("entry %d: %s", i, why)
		}
		if p.head(i) != head(p.suffix(i)) {
			return fmt.Sprintf("the head of entry %d differs from its key", i)
		}
		sum += size
	}
	if sum != p.used()-p.garbage() {
		return fmt.Sprintf("its records take %d bytes and its header says %d", sum, p.used()-p.garbage())
	}
	return ""
}

func lensFault(p page, lens uint32) string {
	switch {
	case p.isBranch() && (valLen(lens) != 0 || lens&lensOverflow != 0):
		return "a branch entry has a value"
	case lens&lensOverflow != 0 && valLen(lens) != refSize:
		return "a reference to overflow pages has the wrong size"
	}
	return ""
}
