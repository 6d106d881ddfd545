//go:build unix

package servers

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"
)

// killGrace is how long a killed process may take to be gone.
const killGrace = 10 * time.Second

// Kill ends the server as a crash does: at once, and without a word to those
// who are connected. What it had in memory only is lost.
func (s *Server) Kill() error {
	_ = s.proc.Stop(syscall.SIGKILL, killGrace) // that it was killed is no news
	select {
	case <-s.proc.Done():
		return nil
	default:
		return fmt.Errorf("servers: %s is still there after it was killed", s.Kind.Title)
	}
}

// Restart starts a server again that was killed, with its data and on its
// port. It waits until the server answers, or ctx ends.
func (s *Server) Restart(ctx context.Context) error {
	for {
		if err := s.run(); err != nil {
			return err
		}
		err := s.awaitReady(ctx)
		if err == nil {
			return nil
		}
		// Processes of the old server's may be ending still, and hold its data.
		if ctx.Err() != nil {
			return errors.Join(err, s.Kill())
		}
		pause := time.NewTimer(maxPause)
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
	}
}
