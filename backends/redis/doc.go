// Package redis is the backend for Redis and the servers that speak its
// protocol.
//
// It shows two kinds of tables. The table [Keys] has a row for each key of the
// database, and a key that is not a plain string leads to a table of what is in
// it, named "keys/" and the key: the fields of a hash, the elements of a list,
// the members of a set or sorted set, the entries of a stream. Tables of
// rowan's own have typed rows in key order: see package kvrows. Each is a
// sorted set of encoded keys, all with the score 0 so that the set's order is
// that of their bytes, and a hash of encoded rows:
//
//	rowan:tables        sorted set of the tables' names
//	rowan:keys:NAME     sorted set of a table's keys
//	rowan:rows:NAME     hash of a table's rows by key
//
// Tables that kvlayer wrote, which are laid out in a similar way, are shown if
// the URL says so: redis://host/0?kvlayer=APP_NAMESPACE.
//
// # What it guarantees
//
// A batch of changes is one MULTI/EXEC, and whatever the changes are based on
// is WATCHed, so that it is written whole, on the state that was compared, or
// not at all. A page of a table of rowan's own is one state. Positions and
// counts in such tables are exact.
//
// # What it does not
//
// Redis lists keys, fields and members in no order: they are collected by SCAN
// and sorted here, and those that come while one pages appear when reading
// begins anew. Databases and hashes of more than a million names are refused
// unless narrowed to a prefix. There are no snapshots. A server cannot be asked
// to refuse writes on a connection: a database that is opened read-only has no
// method that writes, and its connections let no command pass that is not
// known to read. A cluster is not supported.
package redis
