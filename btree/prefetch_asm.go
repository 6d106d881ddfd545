//go:build amd64 || arm64

package btree

// prefetchLines has the processor fetch n lines of memory, which are as long as cacheLine says, from the one with *p on. n is not 0.
//
//go:noescape
func prefetchLines(p *byte, n int)
