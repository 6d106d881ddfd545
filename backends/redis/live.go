package redis

import (
	"context"
	"sync"

	"github.com/rowan-db/rowan/backends/internal/kvrows"
	"github.com/rowan-db/rowan/store/driver"
	"github.com/rowan-db/rowan/store/tuple"
)

// liveTx is an interactive transaction. The server does nothing before its
// commit, so what it has done is laid over what it reads: tables of rowan's own
// are as in any transaction, and of the others single rows can be read.
type liveTx struct {
	driver.Tx // of tables of rowan's own
	db        *Writable
	tx        *writeTx
}

// given is a server whose one transaction has begun already.
type given struct {
	*server
	tx *writeTx
}

// Begin implements [kvrows.Engine].
func (g given) Begin(context.Context, bool) (kvrows.Tx, error) { return g.tx, nil }

// Begin implements [driver.Transactor].
func (db *Writable) Begin(ctx context.Context) (driver.Tx, error) {
	if err := db.open(ctx); err != nil {
		return nil, err
	}
	tx := db.server.begin(context.WithoutCancel(ctx), &commitment{})
	own, err := kvrows.OpenReadWrite(given{db.server, tx}, db.info).Begin(ctx)
	if err != nil {
		return nil, err
	}
	db.live.add(own)
	return &liveTx{Tx: own, db: db, tx: tx}, nil
}

// Get implements [driver.Reader].
func (t *liveTx) Get(ctx context.Context, s *driver.Schema, keys []tuple.Tuple) ([]*driver.Row, error) {
	if !isRaw(s.Name) {
		return t.Tx.Get(ctx, s, keys)
	}
	d, err := t.db.draft(ctx, t.tx, s.Name)
	if err != nil {
		return nil, err
	}
	rows := make([]*driver.Row, len(keys))
	for i, key := range keys {
		e, err := d.row(ctx, key)
		if err != nil {
			return nil, err
		}
		rows[i] = e.after
	}
	return rows, nil
}

// Scan implements [driver.Reader].
func (t *liveTx) Scan(ctx context.Context, s *driver.Schema, q driver.Query) (driver.Page, error) {
	if isRaw(s.Name) {
		return driver.Page{}, driver.Errorf(driver.Unsupported, "%s cannot be listed in a live transaction of Redis", s.Name).
			WithHint("stage the changes and commit them: that is one MULTI/EXEC")
	}
	return t.Tx.Scan(ctx, s, q)
}

// Apply implements [driver.Tx].
func (t *liveTx) Apply(ctx context.Context, changes []driver.Change) (driver.Applied, error) {
	restore, err := t.tx.Savepoint()
	if err != nil {
		return driver.Applied{}, err
	}
	done, err := t.db.applyIn(ctx, t.tx, changes)
	if err == nil && len(done.Conflicts) == 0 {
		return done, nil
	}
	if failed := restore(); failed != nil {
		return driver.Applied{}, failed
	}
	if err != nil {
		return driver.Applied{}, err
	}
	return done, nil
}

// Commit implements [driver.Tx].
func (t *liveTx) Commit(ctx context.Context) error {
	t.db.live.remove(t.Tx)
	err := t.Tx.Commit(ctx)
	if err == nil && len(t.tx.drafts) > 0 {
		t.db.names.forget()
	}
	return err
}

// Rollback implements [driver.Tx].
func (t *liveTx) Rollback() error {
	t.db.live.remove(t.Tx)
	return t.Tx.Rollback()
}

// openTxs are the interactive transactions that are open, which Close ends.
type openTxs struct {
	mu  sync.Mutex
	all map[driver.Tx]bool
}

func (o *openTxs) add(t driver.Tx) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.all == nil {
		o.all = map[driver.Tx]bool{}
	}
	o.all[t] = true
}

func (o *openTxs) remove(t driver.Tx) {
	o.mu.Lock()
	delete(o.all, t)
	o.mu.Unlock()
}

// end rolls back what is open.
func (o *openTxs) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for t := range o.all {
		_ = t.Rollback() // the connection ends with it
	}
	o.all = nil
}
