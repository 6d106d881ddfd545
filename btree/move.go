package btree

// move copies the pages at or after the limit, among a page and what is below it, into free ones before, as long as there are
// such, and returns the number of the page. Pages that refer to them are copied, too.
func (k *packer) move(no uint64, level int) (uint64, error) {
	p, err := k.t.tx.page(no, level)
	if err != nil {
		return no, err
	}
	if k.built++; level == 0 {
		return k.moveLeaf(no, p)
	}
	for i := range p.count() {
		below := p.child(i)
		if level == 1 && below < k.pages && k.t.overflow == 0 {
			continue // there is nothing to move, so it need not be read
		}
		moved, err := k.move(below, level-1)
		if err != nil {
			return no, err
		}
		if moved != below {
			no, p = k.t.tx.own(no, p)
			p.setChild(i, moved)
		}
	}
	if no >= k.pages {
		no, _ = k.moveOne(no, p)
	}
	return no, nil
}

// moveOne copies a page if there is a free one before the limit.
func (k *packer) moveOne(no uint64, p page) (uint64, page) {
	if k.onlyValues || !k.t.tx.canPlace(1, k.pages) || k.t.tx.isOwn(no) {
		return no, p
	}
	k.packed = true
	return k.t.tx.own(no, p)
}

// moveLeaf moves a leaf and the values of its entries that have overflow pages.
func (k *packer) moveLeaf(no uint64, p page) (uint64, error) {
	t := k.t
	if no >= k.pages {
		no, p = k.moveOne(no, p)
	}
	for i := range p.count() {
		ref, overflow := p.value(i)
		if !overflow {
			continue
		}
		first, length := splitRef(ref)
		pages, err := t.tx.checkRun(first, length)
		if err != nil {
			return no, err
		}
		if runEnd(t.tx.db.PageSize(), first, pages) <= k.values || !t.tx.canPlace(pages, first) {
			continue
		}
		if no, p, err = k.moveValue(no, p, i); err != nil {
			return no, err
		}
		k.built += int(pages)
	}
	return no, nil
}

// moveValue writes the value of entry i of a leaf to other overflow pages.
func (k *packer) moveValue(no uint64, p page, i int) (uint64, page, error) {
	t := k.t
	ref, _ := p.value(i)
	val, err := t.tx.readOverflow(ref)
	if err != nil {
		return no, p, err
	}
	if err := t.freeOverflow(ref); err != nil {
		return no, p, err
	}
	moved, pages := t.tx.writeOverflow(val)
	t.overflow += pages
	k.packed = true
	no, p = t.tx.own(no, p)
	p.replaceValue(i, moved, true)
	return no, p, nil
}
