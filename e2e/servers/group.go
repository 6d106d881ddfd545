//go:build unix

package servers

import (
	"context"
	"errors"
	"sync"
)

// Group is several servers that run together.
type Group []*Server

// StartAll starts a server of each kind, all at once. If one does not start,
// none is left running, and the error tells of each that failed.
func StartAll(ctx context.Context, kinds []Kind) (Group, error) {
	g := make(Group, len(kinds))
	errs := make([]error, len(kinds))
	var wg sync.WaitGroup
	for i, k := range kinds {
		wg.Go(func() { g[i], errs[i] = Start(ctx, k) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, errors.Join(err, g.Stop())
	}
	return g, nil
}

// Environ is the environment that tells tests about the servers, as NAME=VALUE.
func (g Group) Environ() []string {
	env := make([]string, len(g))
	for i, s := range g {
		env[i] = s.Environ()
	}
	return env
}

// Stop stops all servers at once, and returns what went wrong with any.
func (g Group) Stop() error {
	errs := make([]error, len(g))
	var wg sync.WaitGroup
	for i, s := range g {
		if s != nil {
			wg.Go(func() { errs[i] = s.Stop() })
		}
	}
	wg.Wait()
	return errors.Join(errs...)
}
