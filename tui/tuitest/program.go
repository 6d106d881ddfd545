package tuitest

import (
	"reflect"
	"regexp"
	"runtime"
	"unsafe"

	tea "charm.land/bubbletea/v2"
)

// act does one thing that a user does and runs all that follows from it.
func (u *User) act(do func()) {
	u.t.Helper()
	u.alive()
	u.left = budget
	do()
	for len(u.queue) > 0 && !u.quit {
		cmd := u.queue[0]
		u.queue = u.queue[1:]
		u.run(cmd)
	}
}

func (u *User) push(cmds ...tea.Cmd) {
	for _, c := range cmds {
		if c != nil {
			u.queue = append(u.queue, c)
		}
	}
}

// run runs one command, unless it is a timer.
func (u *User) run(cmd tea.Cmd) {
	u.t.Helper()
	if isTimer(cmd) {
		u.timers = append(u.timers, cmd)
		return
	}
	u.receive(cmd())
}

// receive does with the result of a command what a program does.
func (u *User) receive(msg tea.Msg) {
	u.t.Helper()
	switch msg := msg.(type) {
	case nil:
		return
	case tea.BatchMsg:
		u.push(msg...)
		return
	}
	if seq, ok := sequence(msg); ok {
		for _, cmd := range seq {
			if cmd != nil && !u.quit {
				u.run(cmd)
			}
		}
		return
	}
	u.deliver(msg)
}

// deliver updates the model.
func (u *User) deliver(msg tea.Msg) {
	u.t.Helper()
	if u.quit {
		return
	}
	u.spend(msg)
	switch msg.(type) {
	case tea.QuitMsg, tea.InterruptMsg:
		u.quit = true
		return
	}
	u.special(msg)
	var cmd tea.Cmd
	u.model, cmd = u.model.Update(msg)
	u.push(cmd)
}

// special does what a program does for messages of Bubble Tea's own, whose
// types it does not export.
func (u *User) special(msg tea.Msg) {
	u.t.Helper()
	v := reflect.ValueOf(msg)
	switch typeName(v) {
	case "setClipboardMsg":
		u.clipboard = v.String()
	case "execMsg":
		u.exec(v)
	}
}

// exec runs an external program, or rather the test's stand-in.
func (u *User) exec(msg reflect.Value) {
	u.t.Helper()
	if u.editor == nil {
		u.t.Fatal("the model runs an external program: give the test one with Editor")
	}
	own := reflect.New(msg.Type()).Elem()
	own.Set(msg)
	cmd, _ := field(own, "cmd").(tea.ExecCommand)
	done, _ := field(own, "fn").(tea.ExecCallback)
	err := u.editor(cmd)
	if done != nil {
		u.push(func() tea.Msg { return done(err) })
	}
}

// field returns a field of an addressable struct, exported or not.
func field(v reflect.Value, name string) any {
	f := v.FieldByName(name)
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem().Interface()
}

// sequence returns the commands of a tea.Sequence.
func sequence(msg tea.Msg) ([]tea.Cmd, bool) {
	v := reflect.ValueOf(msg)
	if typeName(v) != "sequenceMsg" {
		return nil, false
	}
	cmds, ok := v.Convert(reflect.TypeFor[[]tea.Cmd]()).Interface().([]tea.Cmd)
	return cmds, ok
}

// typeName returns the name of v's type if it is one of Bubble Tea's.
func typeName(v reflect.Value) string {
	if v.Type().PkgPath() != reflect.TypeFor[tea.QuitMsg]().PkgPath() {
		return ""
	}
	return v.Type().Name()
}

// timerName matches the names of the functions that wait for the time: what
// tea.Tick and tea.Every return, also when they were inlined somewhere, and
// what blinks a cursor.
var timerName = regexp.MustCompile(`\b(Tick|Every)\.func\d+$|bubbles/v2/cursor\.`)

// isTimer reports whether cmd waits for the time to pass. A command is only a
// function, so its name is all that tells.
func isTimer(cmd tea.Cmd) bool {
	f := runtime.FuncForPC(reflect.ValueOf(cmd).Pointer())
	return f != nil && timerName.MatchString(f.Name())
}
