package btree

// kept checks the list of kept versions and what only they have. A page that was seen before is one that they share with the
// present or with a newer one; so is all that is below it.
func (c *checker) kept() error {
	ref := c.tx.meta.versions
	if ref.length == 0 {
		return nil
	}
	pages, err := c.tx.checkRun(ref.first, ref.length)
	if err != nil {
		return c.damage(ref.first, err)
	}
	for no := ref.first; pages > 0; pages-- {
		if p, err := c.visit(no); p == nil || err != nil {
			return err
		}
		no = nextPage(c.db.PageSize(), no)
	}
	ks, err := c.tx.readVersions()
	if err != nil {
		return c.damage(ref.first, err)
	}
	c.shared = true
	defer func() { c.shared = false }()
	for i := len(ks) - 1; i >= 0; i-- {
		if err := c.version(ks[i].catalog); err != nil {
			return err
		}
	}
	return nil
}

// isShared reports whether a page of a kept version was seen in a newer one.
func (c *checker) isShared(no uint64) bool {
	return c.shared && no < c.tx.meta.pageEnd && c.seen[no/64]>>(no%64)&1 != 0
}
