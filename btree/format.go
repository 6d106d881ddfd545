package btree

// The file format, version 2
//
// A file is a sequence of pages of one size P, a power of two from 4096 to 65536. Page n begins at byte n*P. All integers are
// little-endian. Checksums are CRC-32C (Castagnoli). Bytes not named here are zero.
//
//	page 0, 1     the two metas
//	page 2, 3     the two places of the space page of group 0
//	others        tree pages, overflow pages, free pages, the space pages of other groups, and the log
//
// # Meta
//
// A meta is the first 256 bytes of its page. A commit that writes pages, or a checkpoint, writes the one that is older, so that
// the valid meta with the greater version is the current one. The magic, the format version and the checksum of the first 124
// bytes keep their places in all format versions.
//
//	offset  size  field
//	     0     8  magic: 8B 52 4F 57 41 4E 0D 0A ("\x8bROWAN\r\n")
//	     8     4  format version: 2
//	    12     4  page size in bytes
//	    16     8  version: grows with each commit, by one or more
//	    24     8  page end: the number of pages that are in use or free; the file may be longer
//	    32     8  space sum: see "Space pages"
//	    40    40  root of the catalog: see "Root"
//	    80    16  kept versions: number of the first page of the list and its length in bytes, see "Kept versions"
//	    96    28  zero
//	   124     4  checksum of bytes 0 to 123
//	   128     8  log: number of its first page, 0 when there is none, as then are the next three
//	   136     4  log: pages of each of its two halves
//	   140     4  log: the active half, 0 or 1
//	   144     8  log: generation, a number that no other log of the file has had
//	   152   100  zero
//	   252     4  checksum of bytes 0 to 251
//
// # Log
//
// The log is a run of pages without headers, in use in the space pages, divided into two halves. It holds what was committed after
// the version of the meta: records in a row, from the first byte of the active half on and, after the last one there, from the
// first byte of the other half. A record counts when its checksum and generation are right and its previous version is that of
// the record before, or, for the first, that of the meta. The first that does not ends the half; what follows it never counts.
//
//	     0     4  checksum of bytes 4 to the end of the record
//	     4     4  length of the record in bytes, this header with it
//	     8     8  generation
//	    16     8  version before
//	    24     8  version: greater than the one before
//	    32        operations, in the order in which they were made
//
// An operation is a byte, and then strings: each its length as a varint (7 bits a byte, the least significant first, the top bit
// set in all but the last) and its bytes.
//
//	1  tree: name. The following operations are on the tree of this name.
//	2  put: key, value
//	3  delete: key
//	4  delete range: a byte with bit 0 for a low and bit 1 for a high bound, low bound (inclusive), high bound (exclusive)
//	5  create tree: name
//	6  drop tree: name
//	7  rename tree: name, new name
//
// # Root
//
// What is known of a tree from outside of it.
//
//	     0     8  page number of its root, 0 when the tree is empty
//	     8     8  number of keys
//	    16     8  number of leaf pages
//	    24     8  number of branch pages
//	    32     8  number of overflow pages
//
// The catalog is a tree whose keys are the names of the trees and whose values are their roots, 40 bytes each.
//
// # Page header
//
// Every page but the metas begins with a header of 48 bytes.
//
//	     0     4  checksum of bytes 4 to P-1
//	     4     1  kind: 1 leaf, 2 branch, 3 overflow, 4 space
//	     5     1  level: 0 in a leaf; a branch is one level above its children; at most 48
//	     6     2  N, the number of entries                             (leaf and branch, as all that follow)
//	     8     8  page number                                          (all kinds)
//	    16     8  version that wrote the page                          (all kinds)
//	    24     2  C, the number of entries that the arrays have room for
//	    26     2  U, the bytes of the record area at the end of the page
//	    28     2  bytes of the record area that no record uses
//	    30     2  L, the length of the prefix
//	    32     4  lengths of every record (see "Records"), or 0 when each record has its own
//	    36     4  flags: bit 0, of a leaf whose records have fixed lengths: record i ends where record i-1 begins
//	    40     8  slope: a hint for the search, see "Leaf and branch pages"
//
// # Leaf and branch pages
//
// The header is followed by the prefix, which all keys of the page have in common (those of entries 1 and up in a branch), and,
// from A = 48 + L rounded up to a multiple of 8, by arrays with room for C entries each:
//
//	leaf                      branch
//	A          heads, 4 each  A          heads, 4 each
//	A +  4*C   slots, 2 each  A +  4*C   children, 8 each: page numbers
//	A +  6*C   (end)          A + 12*C   counts, 8 each: the number of keys below the child
//	                          A + 20*C   slots, 2 each
//	                          A + 22*C   (end)
//
// Free bytes follow, then the record area, which takes the last U bytes of the page. Entries are in ascending order of keys.
//
// A head is the first four bytes of the key's suffix, which is the key without the prefix, filled up with zeros and read as a
// big-endian integer, so that it orders as the suffixes do, but for ties. It is kept as a little-endian integer like all others.
// A slot is the distance of the record's first byte from the end of the page.
//
// The slope tells how many entries one unit of head is, as a fraction of 2^32, counted from the first head; it is 0 where heads
// are spread unevenly. Any value is valid: it says where a search may begin.
//
// Entry i of a branch leads to the keys that are at least its own key, the separator, and less than that of entry i+1. Entry 0
// has no key and no record: its head and slot are 0, and it leads to everything less than the separator of entry 1. A separator
// need not be a key of the tree; it is as short as it can be.
//
// # Records
//
// A record is the suffix of the key, then, in a leaf, the value. Its lengths are a 32-bit word:
//
//	bit  0..14  length of the suffix
//	bit 15..29  length of the value; 0 in a branch
//	bit 30      the value is a reference to overflow pages
//	bit 31      in the header: the lengths are those of every record
//
// When the word in the header is 0, every record begins with its own word, without bit 31.
//
// A key has at most P/4 bytes. A key and value of together more than P/4 - 64 bytes keep the value in overflow pages.
//
// # Overflow pages
//
// The reference in the leaf has 16 bytes: the number of the first page and the length of the value, 8 each. The value is in the
// bytes from 48 to P-1 of that page and those that follow it, as many as it takes. The page that follows n is n+1, or, when that
// is the first of a group, the one after the group's two space pages.
//
// # Kept versions
//
// The list of kept versions is in a run of overflow pages like a value. Its records are in ascending order of versions:
//
//	     0     8  version
//	     8     8  time of the commit, nanoseconds since 1970
//	    16    40  root of the catalog
//	    56     2  length of the name, 0 for a version of the history
//	    58        name
//
// # Space pages
//
// Pages are divided into groups of G = (P-64)*8. The first two pages of a group, in group 0 the two after the metas, are the
// places of its space page. Its bytes from 64 to P-1 are a bitmap of the group's pages: bit n%8 of byte 64 + n/8 is set when the
// n-th page of the group is in use in the version of the space page; its own places and the metas always are. Bits of pages at
// or after page end are not set.
//
// The current space page of a group is the valid one with the greatest version that is not greater than that of the meta. The
// space sum of the meta is the sum, modulo 2^64, over all groups that begin before page end, of mix(g, v), where g is the group's
// number from 0 and v the version of its current space page:
//
//	x = (g * 9E3779B97F4A7C15) xor v
//	x = (x xor x>>30) * BF58476D1CE4E5B9
//	x = (x xor x>>27) * 94D049BB133111EB
//	mix = x xor x>>31
