package profiles

import (
	"context"
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/rowan-db/rowan/store"
	"github.com/rowan-db/rowan/store/profile"
	"github.com/rowan-db/rowan/tui/pane"
	"github.com/rowan-db/rowan/tui/style"
	"github.com/rowan-db/rowan/tui/task"
)

// FormID is the ID of the form.
const FormID = "profile"

// The calls of the form.
var (
	loadSlot = task.Slot{Pane: FormID, Name: "load"}
	testSlot = task.Slot{Pane: FormID, Name: "test"}
	saveSlot = task.Slot{Pane: FormID, Name: "save"}
)

// Form is the form of a profile. Nothing is saved before the user says so, and
// only the settings that are others then are changed in the file.
type Form struct {
	env      *pane.Env
	book     Book
	commands []pane.Command

	was     string          // the profile's name in the file, empty for a new one
	profile profile.Profile // as it is in the file
	loading bool
	fields  []field
	focus   int // of fields
	top     int // the first of the visible fields that is seen
	message message

	width, height int
}

// message is what is said below the fields.
type message struct {
	lines []string
	level pane.Level
}

// NewForm returns the form of the profile that act names.
func NewForm(env *pane.Env, book Book, act pane.EditProfile) *Form {
	f := &Form{env: env, book: book, was: act.Name, loading: act.Name != "", fields: newFields()}
	f.field("target").set(act.Target)
	f.commands = []pane.Command{
		{Name: "save-profile", Help: "save the profile", Keys: []string{"ctrl+s"}, Hint: "save", Disabled: f.busy, Run: f.save},
		{Name: "test-profile", Help: "connect, and tell what is there", Keys: []string{"ctrl+t"}, Hint: "test", Disabled: f.busy, Run: f.test},
		{Name: "next-field", Help: "go to the next field", Keys: []string{"tab", "down", "enter"}, Motion: true, Run: f.step(1)},
		{Name: "previous-field", Help: "go to the field before", Keys: []string{"shift+tab", "up"}, Motion: true, Run: f.step(-1)},
		{Name: "next-choice", Help: "choose the next of what there is", Keys: []string{"space"}, Hint: "change", Disabled: f.noChoice, Run: f.turn},
		{Name: "leave-profile", Help: "cancel the test, or leave everything as it is", Keys: []string{"esc"}, Hint: "cancel", Run: f.leave},
	}
	return f
}

// Init reads the profile.
func (f *Form) Init() tea.Cmd {
	if !f.loading {
		return nil
	}
	book, name := f.book, f.was
	return task.Start(f.env.Tasks, loadSlot, func(ctx context.Context) (profile.Profile, error) { return book.Load(ctx, name) })
}

// ID implements [pane.Pane].
func (f *Form) ID() string { return FormID }

// Commands implements [pane.Pane].
func (f *Form) Commands() []pane.Command { return f.commands }

// Typing implements [pane.Typer].
func (f *Form) Typing() bool { return !f.fields[f.focus].isChoice() }

// field returns the field for a setting.
func (f *Form) field(setting string) *field {
	return &f.fields[slices.IndexFunc(f.fields, func(x field) bool { return x.setting == setting })]
}

// visible lists the fields that are about something, given what the others
// say.
func (f *Form) visible() []int {
	server := profile.IsServer(f.field("target").value())
	from := f.field(passwordField).value()
	var out []int
	for i := range f.fields {
		x := &f.fields[i]
		if x.server && !server || x.secret != nil && !slices.Contains(x.secret, from) {
			continue
		}
		out = append(out, i)
	}
	return out
}

// busy says what the form waits for, or returns "".
func (f *Form) busy() string {
	_, testing := f.env.Tasks.Elapsed(testSlot)
	_, saving := f.env.Tasks.Elapsed(saveSlot)
	switch {
	case f.loading:
		return "the profile is being read"
	case testing:
		return "it is being tested: esc cancels"
	case saving:
		return "it is being saved"
	}
	return ""
}

func (f *Form) noChoice() string {
	if !f.fields[f.focus].isChoice() {
		return "the field is text"
	}
	return ""
}

func (f *Form) turn(string) (pane.Action, tea.Cmd) {
	f.fields[f.focus].turn(1)
	return nil, nil
}

// step goes to the next visible field, or the one before.
func (f *Form) step(d int) func(string) (pane.Action, tea.Cmd) {
	return func(string) (pane.Action, tea.Cmd) {
		shown := f.visible()
		at := slices.Index(shown, f.focus)
		f.focus = shown[(at+d+len(shown))%len(shown)]
		f.scroll()
		return nil, nil
	}
}

// leave cancels the test that runs, or closes the form; what was typed is not
// lost before the user has agreed, and the command was run again with that.
func (f *Form) leave(agreed string) (pane.Action, tea.Cmd) {
	if agreed != "" {
		return pane.Close{}, nil
	}
	if f.env.Tasks.Cancel(testSlot) {
		f.message = message{[]string{"Canceled."}, pane.Info}
		return nil, nil
	}
	if p, _, err := f.read(); f.loading || err == nil && f.unchanged(p) {
		return pane.Close{}, nil
	}
	return pane.Confirm{
		Title: "Leave the form", Text: "What was typed is not saved.", Yes: "Drop it", Then: pane.Run{Name: "leave-profile", Arg: "agreed"},
	}, nil
}

// Update implements [pane.Pane].
func (f *Form) Update(msg tea.Msg) (pane.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case task.Done[profile.Profile]:
		return f.loaded(msg)
	case task.Done[[]string]:
		f.tested(msg)
		return nil, nil
	case task.Done[[]Entry]:
		return f.saved(msg)
	case tea.KeyPressMsg, tea.PasteMsg:
		f.fields[f.focus].update(msg)
		f.message = message{}
	}
	return nil, nil
}

// loaded fills in the profile.
func (f *Form) loaded(d task.Done[profile.Profile]) (pane.Action, tea.Cmd) {
	if d.Err != nil {
		return pane.Actions{pane.Close{}, pane.Report{Err: d.Err}}, nil
	}
	f.loading, f.profile = false, d.Value
	f.fill(d.Value)
	return nil, nil
}

// fill makes the fields say what a profile does.
func (f *Form) fill(p profile.Profile) {
	for i := range f.fields {
		f.fields[i].set(p.Get(f.fields[i].setting))
	}
	f.field(nameField).set(p.Name)
	from := secretAsk
	switch s := p.Secret; {
	case s.Keyring:
		from = secretKeyring
	case s.Command != "":
		from = secretCommand
	case s.Env != "":
		from = secretEnv
	case s.Text != "":
		from = secretFile
	}
	f.field(passwordField).set(from)
}

// read returns the profile that the fields say, and the password that is for
// the keyring. If a field is wrong, it has the focus afterwards.
func (f *Form) read() (profile.Profile, pane.Secret, error) {
	p := f.profile
	p.Name = f.field(nameField).value()
	if err := profile.CheckName(p.Name); err != nil && p.Name != f.was {
		return p, "", f.wrong(nameField, err)
	}
	for i := range f.fields {
		x := &f.fields[i]
		if x.setting == nameField || x.setting == passwordField || x.setting == secretField || x.secret != nil || x.value() == p.Get(x.setting) {
			continue
		}
		if err := p.Set(x.setting, x.value()); err != nil {
			return p, "", f.wrong(x.setting, err)
		}
	}
	if p.Target == "" {
		return p, "", f.wrong("target", errors.New("a profile needs a target"))
	}
	password, err := f.readSecret(&p)
	return p, password, err
}

// readSecret sets where the password is.
func (f *Form) readSecret(p *profile.Profile) (pane.Secret, error) {
	typed := f.field(secretField).value()
	before := p.Secret
	p.Secret = profile.Secret{}
	switch f.field(passwordField).value() {
	case secretKeyring:
		p.Secret.Keyring = true
		if typed == "" && !before.Keyring {
			return "", f.wrong(secretField, errors.New("type the password that goes to the keyring"))
		}
		return pane.Secret(typed), nil
	case secretCommand:
		if p.Secret.Command = f.field("password_command").value(); p.Secret.Command == "" {
			return "", f.wrong("password_command", errors.New("type the command that prints the password"))
		}
	case secretEnv:
		if p.Secret.Env = f.field("password_env").value(); p.Secret.Env == "" {
			return "", f.wrong("password_env", errors.New("type the name of the variable"))
		}
	case secretFile:
		p.Secret.Text = before.Text
		if typed != "" {
			p.Secret.Text = typed
		}
		if p.Secret.Text == "" {
			return "", f.wrong(secretField, errors.New("type the password; others may find it in the file"))
		}
	}
	return "", nil
}

// unchanged reports whether p is what was there when the form was opened.
func (f *Form) unchanged(p profile.Profile) bool {
	for _, setting := range profile.Settings() {
		if p.Get(setting) != f.profile.Get(setting) {
			return false
		}
	}
	return p.Name == f.was && f.field(secretField).value() == ""
}

// wrong goes to a field, and returns what is wrong with it.
func (f *Form) wrong(setting string, err error) error {
	at := slices.IndexFunc(f.fields, func(x field) bool { return x.setting == setting })
	if slices.Contains(f.visible(), at) {
		f.focus = at
		f.scroll()
	}
	return err
}

// say shows an error below the fields, with what to do about it.
func (f *Form) say(err error) {
	f.message = message{[]string{err.Error()}, pane.Blocked}
	if hint := store.HintOf(err); hint != "" {
		f.message.lines = append(f.message.lines, hint)
	}
}

func (f *Form) test(string) (pane.Action, tea.Cmd) {
	p, password, err := f.read()
	if err != nil {
		f.say(err)
		return nil, nil
	}
	f.message = message{}
	book := f.book
	return nil, task.Start(f.env.Tasks, testSlot, func(ctx context.Context) ([]string, error) { return book.Test(ctx, p, string(password)) })
}

func (f *Form) tested(d task.Done[[]string]) {
	switch {
	case d.Err == nil:
		f.message = message{d.Value, pane.Success}
	case store.KindOf(d.Err) == store.Canceled:
		f.message = message{[]string{"Canceled."}, pane.Info}
	default:
		f.say(d.Err)
	}
}

func (f *Form) save(string) (pane.Action, tea.Cmd) {
	p, password, err := f.read()
	if err != nil {
		f.say(err)
		return nil, nil
	}
	book, was := f.book, f.was
	return nil, task.StartWrite(f.env.Tasks, saveSlot, func(ctx context.Context) ([]Entry, error) { return book.Save(ctx, was, p, string(password)) })
}

func (f *Form) saved(d task.Done[[]Entry]) (pane.Action, tea.Cmd) {
	if d.Err != nil {
		f.say(d.Err)
		return nil, nil
	}
	name := f.field(nameField).value()
	told := pane.Notice{Text: "Saved the profile " + name + ".", Level: pane.Success}
	return pane.Actions{pane.Close{}, told}, func() tea.Msg { return Changed{d.Value} }
}

// Title implements [pane.Titled].
func (f *Form) Title() []style.Span {
	if f.was == "" {
		return []style.Span{style.Plain(" New profile ")}
	}
	return []style.Span{style.Plain(" Profile " + f.was + " ")}
}

// Note implements [pane.Noted]: on small screens some fields are out of sight.
func (f *Form) Note() []style.Span {
	shown := f.visible()
	at := slices.Index(shown, f.focus)
	return []style.Span{{SGR: f.env.Styles.Overlay.Muted(), Text: fmt.Sprintf(" field %d of %d ", at+1, len(shown))}}
}

// Footer implements [pane.Titled].
func (f *Form) Footer() []style.Span { return nil }
