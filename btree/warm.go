package btree

// A page that was written is read from the mapping of the file from then on, and the first look at it there costs a fault. The
// catalog and the branches of a tree are few pages, and everything needs them: after a commit that wrote much they are looked at
// once, so that neither a reader nor a deletion of a range is stopped at each.

const (
	warmAfter = 1024 // pages that a commit writes at least
	warmMost  = 512  // branches that are looked at, at most
)

// warm looks at the catalog's root and at the branches of the trees that the transaction changed. It is committed already; what fails here is found again
// by whoever needs it.
func (tx *Tx) warm(pages uint64) {
	if pages < warmAfter {
		return
	}
	_ = Guard(func() error {
		most := warmMost
		tx.warmBelow(tx.catalog.root, &most)
		for _, t := range tx.trees {
			if t.changed && t.root != 0 {
				tx.warmBelow(t.root, &most)
			}
		}
		return nil
	})
}

// warmBelow looks at a page and the branches below it, the number of which most bounds.
func (tx *Tx) warmBelow(no uint64, most *int) {
	if *most == 0 || !tx.db.pager.isMapped(no) {
		return
	}
	*most--
	p, err := tx.root(no)
	if err != nil || p.level() < 2 {
		return
	}
	for i := range p.count() {
		tx.warmBelow(p.child(i), most)
	}
}
