// Package e2e tests the built program as its users meet it: in a real terminal
// and in scripts, on files that other programs made, with signals, locks and
// broken files. Its tests read as sessions: what is typed, and what is then on
// the screen and in the database.
//
// The program is built once for the run, with the race detector if the tests
// have it. Every test has a home of its own, so that tests run in parallel and
// nothing of the machine's user is read or written. tmux and sqlite3 must be
// installed.
//
// Nothing sleeps and nothing is timed: a test waits for what it expects to see,
// and fails with the screen if that never comes.
package e2e
