package storetest

import (
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

var capabilityCases = []testCase{
	{
		name: "the writable database implements what its harness does not lack",
		rule: "An optional interface is implemented if and only if the backend has the capability.",
		run:  (*suite).testInterfaces,
	},
	{
		name: "what the harness lacks is lacking",
		rule: "A capability that is listed as lacking must not be there, so that it is tested as soon as it is.",
		run:  (*suite).testLacks,
	},
	{
		name: "values are checked unless the harness says that they are not",
		rule: "A column holds values of its kind only, if the backend checks kinds; a NOT NULL column holds none, if it checks that.",
		run:  (*suite).testChecks,
	},
}

// interfaces tells for each optional interface whether db implements it.
func interfaces(db any) map[Capability]bool {
	has := map[Capability]bool{}
	_, has[Snapshots] = db.(driver.Snapshotter)
	_, has[Transactions] = db.(driver.Transactor)
	_, has[Counts] = db.(driver.Counter)
	_, has[Estimates] = db.(driver.Estimator)
	_, has[Ranks] = db.(driver.Ranker)
	_, has[Checks] = db.(driver.Checker)
	_, has[Creation] = db.(driver.Creator)
	_, has[Loading] = db.(driver.Loader)
	_, has[Sorting] = db.(driver.Sorter)
	_, has[Detailing] = db.(driver.Detailer)
	_, has[Definitions] = db.(driver.Definer)
	_, has[Consoles] = db.(driver.Consoler)
	_, has[Streaming] = db.(driver.Streamer)
	return has
}

func (s *suite) testInterfaces() {
	if _, ok := s.db.(driver.Writer); !ok {
		s.Error("the database that Open returns does not implement driver.Writer")
	}
	for c, has := range interfaces(s.db) {
		if has == s.h.lacks(c) {
			s.Errorf("%s: implemented is %t, lacking is %t", c, has, s.h.lacks(c))
		}
	}
	if s.h.lacks(Creation) && s.h.Create == nil {
		s.Error("without driver.Creator, the harness must have Create")
	}
}

func (s *suite) testLacks() {
	info := s.db.Info()
	if info.ReadOnly != "" {
		s.Errorf("Info().ReadOnly of a writable database is %q", info.ReadOnly)
	}
	if info.Backend == "" || info.Product == "" || info.Name == "" || info.Location == "" {
		s.Errorf("Info() leaves out what describes the database: %+v", info)
	}
	auto := schema("auto", key(tuple.KindInt), columns(tuple.KindText))
	auto.AutoKey = true
	has := map[Capability]bool{
		Durability:      s.database.Reopen != nil,
		OneFile:         s.database.Path != "",
		ReadOnlyOpening: s.database.ReadOnly != nil,
		TupleOrder:      info.Order == driver.Bytewise,
		WholeBatches:    info.Atomicity == driver.WholeBatch,
		AutoKeys:        s.create(auto).AutoKey,
	}
	for c, has := range has {
		if has == s.h.lacks(c) {
			s.Errorf("%s: has it is %t, lacks it is %t", c, has, s.h.lacks(c))
		}
	}
}

func (s *suite) testChecks() {
	sc := schema("checked", key(tuple.KindInt), columns(tuple.KindInt, tuple.KindInt))
	sc.Columns[1].Nullable = false
	sc = s.create(sc)
	try := func(what string, c Capability, change driver.Change, kinds ...driver.Kind) {
		s.Helper()
		_, err := s.writer().Apply(s.ctx, []driver.Change{change})
		if !s.h.lacks(c) {
			s.wantKind(what, err, kinds...)
		} else if err != nil {
			s.Errorf("%s: refused, although the harness lacks %s: %v", what, c, err)
		}
	}
	one := tuple.Int(1)
	try("text in a column of integers", KindChecks,
		insert(sc, number(1), tuple.Text("abc"), one), driver.BadValue, driver.Constraint)
	try("text in a key of integers", KeyKindChecks,
		insert(sc, text("abc"), one, one), driver.BadKey)
	try("an insert that leaves out a NOT NULL column", NullChecks,
		insert(sc, number(2), one), driver.Constraint)
	try("NULL in a NOT NULL column", NullChecks,
		insert(sc, number(3), one, tuple.Null), driver.Constraint, driver.BadValue)
}
