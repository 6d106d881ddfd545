package btree

import "hash/crc32"

// ResealMeta makes the checksum of a meta right again after a test changed it.
func ResealMeta(b []byte) { le.PutUint32(b[metaCRC:], crc32.Checksum(b[:metaCRC], castagnoli)) }
