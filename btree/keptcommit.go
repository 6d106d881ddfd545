package btree

import (
	"slices"
	"time"
)

// recordVersions is the part of a commit that concerns kept versions: it changes the list as the transaction was asked to and as
// Options.History wants it, gives up the pages that only dropped versions had, and takes those that kept ones need from what the
// transaction gave up.
func (tx *Tx) recordVersions() error {
	before := tx.db.kept
	tx.kept, tx.versions = before, tx.meta.versions
	if len(before) == 0 && tx.keep == "" && tx.db.opts.History == 0 {
		return nil
	}
	mark := len(tx.freed)
	tx.marks.freed = mark // so that nothing is joined to what was given up before
	next := slices.Clone(before)
	for _, k := range append(tx.unkeep, tx.outdated()...) {
		var err error
		if next, err = tx.forgetVersion(next, k); err != nil {
			return err
		}
	}
	next = append(next, tx.predecessor(next)...)
	freed := append(tx.unneeded(tx.freed[:mark], next), tx.freed[mark:]...)
	tx.freed = freed
	tx.marks.freed = len(freed)
	next = append(next, tx.newlyKept()...)
	if slices.Equal(next, before) && !tx.moveVersions {
		return nil
	}
	tx.kept = next
	return tx.writeVersions()
}

// newlyKept returns the records of the transaction's own version.
func (tx *Tx) newlyKept() (ks []kept) {
	k := kept{version: tx.version, time: time.Now().UnixNano(), catalog: tx.catalog.treeRoot}
	if tx.db.opts.History > 0 && tx.isNewState() {
		ks = append(ks, k)
	}
	if k.name = tx.keep; k.name != "" {
		ks = append(ks, k)
	}
	return ks
}

// predecessor returns the record of the version before, if the commit could not be undone without it: the history does not have it
// when Options.History was 0 until now. When that version was committed is not known: its time is the present.
func (tx *Tx) predecessor(ks []kept) []kept {
	k := kept{version: tx.meta.version, time: time.Now().UnixNano(), catalog: tx.meta.catalog}
	if newest := newestOfHistory(ks); tx.db.opts.History == 0 || !tx.isNewState() || newest != nil && newest.catalog == k.catalog {
		return nil
	}
	return []kept{k}
}

// newestOfHistory returns the newest record that the history keeps, or nil. It may be that of the present; older ones are not, though
// they may look like it: all databases without a tree have the same catalog.
func newestOfHistory(ks []kept) *kept {
	for i := len(ks) - 1; i >= 0; i-- {
		if ks[i].name == "" {
			return &ks[i]
		}
	}
	return nil
}

// isNewState reports whether the trees are not those of the version before.
func (tx *Tx) isNewState() bool { return tx.catalog.treeRoot != tx.meta.catalog }

// outdated returns the records of the history that the transaction's own one pushes out. The history has one version more than
// there are commits to be undone: the newest one itself.
func (tx *Tx) outdated() (ks []kept) {
	if tx.db.opts.History == 0 || !tx.isNewState() {
		return nil
	}
	for _, k := range tx.db.kept {
		if k.name == "" && !slices.Contains(tx.unkeep, k) {
			ks = append(ks, k)
		}
	}
	return ks[:max(0, len(ks)-tx.db.opts.History)]
}

// forgetVersion takes a record out of a list, and gives up the pages that only its version had. Those lie, in time, between the
// neighbours: they were born after the older one, and the newer one does not have them any more.
func (tx *Tx) forgetVersion(ks []kept, k kept) ([]kept, error) {
	i := slices.Index(ks, k)
	ks = slices.Delete(ks, i, i+1)
	older, newer := uint64(0), tx.meta.catalog
	for j := len(ks) - 1; j >= 0; j-- {
		switch {
		case ks[j].version > k.version:
			newer = ks[j].catalog
		case ks[j].version == k.version:
			return ks, nil // it is kept for another reason, too
		default:
			older = max(older, ks[j].version)
		}
	}
	only, err := tx.pagesOnlyIn(k.catalog, newer, older)
	tx.freed = append(tx.freed, only...)
	return ks, err
}

// unneeded returns those of the given up pages that no kept version sees. Where the birth of a page is not known it is looked up;
// a page that cannot be read is left as in use.
func (tx *Tx) unneeded(freed []extent, ks []kept) []extent {
	if len(ks) == 0 {
		return slices.Clone(freed)
	}
	newest := ks[len(ks)-1].version
	var free []extent
	for _, x := range freed {
		if x.born != 0 {
			if x.born > newest {
				free = append(free, x)
			}
			continue
		}
		tx.db.space.each([]extent{x}, func(no uint64) {
			if p, err := tx.any(no); err == nil && p.version() > newest {
				free = append(free, extent{first: no, pages: 1, born: p.version()})
			}
		})
	}
	return free
}

// writeVersions writes the list of kept versions and gives up the old one, which no version but the present one refers to.
func (tx *Tx) writeVersions() error {
	if old := tx.meta.versions; old.length > 0 {
		p, err := tx.overflowPage(old.first)
		if err != nil {
			return err
		}
		tx.freed = append(tx.freed, extent{first: old.first, pages: tx.db.runLength(old.length), born: p.version()})
	}
	tx.versions = blob{}
	if b := encodeVersions(tx.kept); len(b) > 0 {
		ref, _ := tx.writeOverflow(b)
		tx.versions.first, tx.versions.length = splitRef(ref)
	}
	return nil
}
