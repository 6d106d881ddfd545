package profiles

import (
	"context"

	"github.com/rowan-db/rowan/store/profile"
)

// Book keeps the profiles. Its methods do I/O, and may be called from any
// goroutine. What they return and show holds no passwords, but for a profile's
// own Secret.
type Book interface {
	// Load returns a profile.
	Load(ctx context.Context, name string) (profile.Profile, error)
	// Save makes the profile called was what p says, or adds p if was is empty.
	// A password that is not empty goes into the keyring. It returns what can
	// be opened now.
	Save(ctx context.Context, was string, p profile.Profile, password string) ([]Entry, error)
	// Remove removes a profile. It returns what can be opened now.
	Remove(ctx context.Context, name string) ([]Entry, error)
	// Test connects as opening the profile would, with the password if it is
	// not empty, and says in some lines what is there.
	Test(ctx context.Context, p profile.Profile, password string) ([]string, error)
}

// Changed tells that there are other databases to choose from now.
type Changed struct{ Entries []Entry }
