package profile

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// setting is a line of a profile in the file.
type setting struct {
	name string
	// read takes the value that the file has.
	read func(p *Profile, value any) error
	// text returns the value as the file has it, empty if the setting is not
	// in the file.
	text func(p *Profile) string
}

// settings lists all settings in the order in which a new profile has them.
var settings = []setting{
	targetSetting,
	textSetting("type", func(p *Profile) *string { return &p.Server.Type }),
	textSetting("host", func(p *Profile) *string { return &p.Server.Host }),
	{"port", readPort, func(p *Profile) string {
		if p.Server.Port == 0 {
			return ""
		}
		return strconv.Itoa(p.Server.Port)
	}},
	textSetting("user", func(p *Profile) *string { return &p.Server.User }),
	textSetting("database", func(p *Profile) *string { return &p.Server.Database }),
	{"parameters", readParameters, func(p *Profile) string { return inlineTable(p.Server.Parameters) }},
	textSetting("environment", func(p *Profile) *string { return (*string)(&p.Environment) }),
	textSetting("colour", func(p *Profile) *string { return &p.Color }),
	textSetting("theme", func(p *Profile) *string { return &p.Theme }),
	flagSetting("read_only", func(p *Profile) *bool { return &p.ReadOnly }),
	timeSetting("unlock_time", func(p *Profile) *time.Duration { return &p.UnlockTime }),
	timeSetting("connect_timeout", func(p *Profile) *time.Duration { return &p.ConnectTimeout }),
	timeSetting("statement_timeout", func(p *Profile) *time.Duration { return &p.StatementTimeout }),
	{"tls", readTLS, func(p *Profile) string { return quote(string(p.TLS.Mode)) }},
	textSetting("tls_ca", func(p *Profile) *string { return &p.TLS.CA }),
	textSetting("tls_cert", func(p *Profile) *string { return &p.TLS.Cert }),
	textSetting("tls_key", func(p *Profile) *string { return &p.TLS.Key }),
	textSetting("tls_server_name", func(p *Profile) *string { return &p.TLS.ServerName }),
	textSetting("ssh", func(p *Profile) *string { return &p.SSH }),
	{"startup", readStartup, func(p *Profile) string { return list(p.Startup) }},
	flagSetting("password_keyring", func(p *Profile) *bool { return &p.Secret.Keyring }),
	textSetting("password_command", func(p *Profile) *string { return &p.Secret.Command }),
	textSetting("password_env", func(p *Profile) *string { return &p.Secret.Env }),
	textSetting("password", func(p *Profile) *string { return &p.Secret.Text }),
}

// targetSetting is the URL or path, which is not in the file if its parts are.
var targetSetting = setting{
	name: "target",
	read: textSetting("target", func(p *Profile) *string { return &p.Target }).read,
	text: func(p *Profile) string {
		if !p.Server.empty() {
			return ""
		}
		return quote(p.Target)
	},
}

// Settings returns the names of all settings.
func Settings() []string {
	var names []string
	for _, s := range settings {
		names = append(names, s.name)
	}
	return names
}

// set sets what the file calls name.
func (p *Profile) set(name string, value any) error {
	i := slices.IndexFunc(settings, func(s setting) bool { return s.name == name })
	if i < 0 {
		return fmt.Errorf("there is no setting %q; a profile has %s", name, strings.Join(Settings(), ", "))
	}
	if err := settings[i].read(p, value); err != nil {
		return err
	}
	return p.checkChoice(name)
}

// checkChoice refuses the value of a setting that only some can be.
func (p *Profile) checkChoice(name string) error {
	switch name {
	case "environment":
		if !slices.Contains(Environments(), p.Environment) {
			return fmt.Errorf("environment %q is not one of dev, staging and prod", p.Environment)
		}
	case "colour":
		if p.Color != "" && !slices.Contains(Colors(), p.Color) {
			return fmt.Errorf("colour %q is not one of %s", p.Color, strings.Join(Colors(), ", "))
		}
	case "type":
		if _, ok := findServer(p.Server.Type); !ok {
			return fmt.Errorf("type %q is not one of %s", p.Server.Type, strings.Join(serverTypes(), ", "))
		}
	}
	return nil
}

func serverTypes() []string {
	var names []string
	for _, s := range servers {
		names = append(names, s.scheme)
	}
	return names
}

// Get returns a setting as [Profile.Set] takes it, empty if it is not set. Of
// several statements in startup it returns the first.
func (p *Profile) Get(name string) string {
	i := slices.IndexFunc(settings, func(s setting) bool { return s.name == name })
	if i < 0 {
		return ""
	}
	if name == "target" {
		return p.Target // also if the file has it in parts
	}
	var value struct{ V any }
	if text := settings[i].text(p); text == "" {
		return ""
	} else if _, err := toml.Decode("v = "+text, &value); err != nil {
		return ""
	}
	if items, ok := value.V.([]any); ok {
		return fmt.Sprint(items[0])
	}
	return fmt.Sprint(value.V)
}

// Set sets a setting to what the user typed for it, as the command line takes
// it. The empty text removes the setting.
func (p *Profile) Set(name, typed string) error {
	var value any = typed
	switch {
	case name == "read_only" || name == "password_keyring":
		on, err := parseFlag(typed)
		if err != nil {
			return fmt.Errorf("%s is true or false", name)
		}
		value = on
	case name == "port" && typed != "":
		n, err := strconv.ParseInt(typed, 10, 32)
		if err != nil {
			return errors.New("port is a number from 1 to 65535")
		}
		value = n
	case name == "startup" && typed != "":
		value = []any{typed}
	case name == "parameters" && typed != "":
		return errors.New("parameters are set one by one, as in parameters.application_name")
	case name == "target":
		p.Server = Server{}
	case typed == "":
		return p.clear(name)
	}
	return p.set(name, value)
}

func parseFlag(typed string) (bool, error) {
	if typed == "" {
		return false, nil
	}
	return strconv.ParseBool(typed)
}

// clear removes a setting.
func (p *Profile) clear(name string) error {
	var empty Profile
	switch name {
	case "port":
		p.Server.Port = 0
		return nil
	case "startup":
		p.Startup = nil
		return nil
	case "parameters":
		p.Server.Parameters = nil
		return nil
	case "tls":
		p.TLS.Mode = TLSUnset
		return nil
	case "unlock_time", "connect_timeout", "statement_timeout":
		return p.set(name, "0s")
	case "type":
		p.Server.Type = empty.Server.Type
		return nil
	}
	return p.set(name, "")
}

func textSetting(name string, field func(*Profile) *string) setting {
	return setting{name, func(p *Profile, value any) error {
		text, ok := value.(string)
		if !ok {
			return fmt.Errorf("%s is text, which stands in quotes", name)
		}
		*field(p) = text
		return nil
	}, func(p *Profile) string { return quote(*field(p)) }}
}

func flagSetting(name string, field func(*Profile) *bool) setting {
	return setting{name, func(p *Profile, value any) error {
		on, ok := value.(bool)
		if !ok {
			return fmt.Errorf("%s is true or false, without quotes", name)
		}
		*field(p) = on
		return nil
	}, func(p *Profile) string {
		if *field(p) {
			return "true"
		}
		return ""
	}}
}

func timeSetting(name string, field func(*Profile) *time.Duration) setting {
	return setting{name, func(p *Profile, value any) error {
		text, _ := value.(string)
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return fmt.Errorf(`%s is a time in quotes, such as "30s", "15m" or "1h"`, name)
		}
		*field(p) = d
		return nil
	}, func(p *Profile) string {
		if *field(p) == 0 {
			return ""
		}
		return quote(shortTime(*field(p)))
	}}
}

// shortTime writes 15 minutes as 15m and not as 15m0s.
func shortTime(d time.Duration) string {
	s := d.String()
	if d%time.Minute == 0 {
		s = strings.TrimSuffix(s, "0s")
	}
	if d%time.Hour == 0 {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func readPort(p *Profile, value any) error {
	n, ok := value.(int64)
	if !ok || n < 1 || n > 65535 {
		return errors.New("port is a number from 1 to 65535, without quotes")
	}
	p.Server.Port = int(n)
	return nil
}

func readParameters(p *Profile, value any) error {
	table, ok := value.(map[string]any)
	if !ok {
		return errors.New(`parameters is a table, such as { application_name = "rowan" }`)
	}
	p.Server.Parameters = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if secretParameters[strings.ToLower(name)] {
			return errors.New("a password is no parameter: use password_keyring, password_command or password_env")
		}
		switch v := table[name].(type) {
		case string:
			p.Server.Parameters[name] = v
		case int64, bool:
			p.Server.Parameters[name] = fmt.Sprint(v)
		default:
			return fmt.Errorf("the parameter %s is text, which stands in quotes", name)
		}
	}
	return nil
}

// readTLS takes a mode, or true for the safest and false for none.
func readTLS(p *Profile, value any) (err error) {
	if p.TLS.Mode, err = parseTLSMode(fmt.Sprint(value)); err != nil {
		return fmt.Errorf("tls %q is not one of disable, prefer, require, verify-ca and verify-full", fmt.Sprint(value))
	}
	return nil
}

func readStartup(p *Profile, value any) error {
	wrong := errors.New(`startup is a list of statements in quotes, such as ["set search_path to shop"]`)
	items, ok := value.([]any)
	if !ok {
		return wrong
	}
	p.Startup = nil
	for _, item := range items {
		statement, ok := item.(string)
		if !ok {
			return wrong
		}
		p.Startup = append(p.Startup, statement)
	}
	return nil
}

// quote returns the empty text for the empty text, and any other as TOML has
// it.
func quote(s string) string {
	if s == "" {
		return ""
	}
	b := []byte{'"'}
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ' || r == 0x7f:
			b = fmt.Appendf(b, `\u%04X`, r)
		default:
			b = append(b, string(r)...)
		}
	}
	return string(append(b, '"'))
}

func list(items []string) string {
	if len(items) == 0 {
		return ""
	}
	quoted := make([]string, len(items))
	for i, item := range items {
		if quoted[i] = quote(item); item == "" {
			quoted[i] = `""`
		}
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func inlineTable(table map[string]string) string {
	if len(table) == 0 {
		return ""
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(table)) {
		value := quote(table[name])
		if value == "" {
			value = `""`
		}
		parts = append(parts, tomlKey(name)+" = "+value)
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// tomlKey returns a key as TOML has it: in quotes if it needs them.
func tomlKey(name string) string {
	const bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	if name != "" && strings.Trim(name, bare) == "" {
		return name
	}
	return quote(name)
}

// Server is the parts of a URL, for those who would rather not write one.
type Server struct {
	// Type is the scheme of the URL.
	Type           string
	Host           string
	Port           int
	User, Database string
	Parameters     map[string]string
}

func (s Server) empty() bool {
	return s.Type == "" && s.Host == "" && s.Port == 0 && s.User == "" && s.Database == "" && len(s.Parameters) == 0
}

// url returns the URL that the parts are of.
func (s Server) url() string {
	u := url.URL{Scheme: s.Type, Host: s.Host, Path: "/" + s.Database}
	if strings.HasPrefix(s.Host, "/") {
		u.Host = "" // a directory of sockets, or a socket
	} else if strings.Contains(s.Host, ":") {
		u.Host = "[" + s.Host + "]"
	}
	if s.Port != 0 {
		u.Host = net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	}
	if s.User != "" {
		u.User = url.User(s.User)
	}
	query := url.Values{}
	for name, value := range s.Parameters {
		query.Set(name, value)
	}
	if strings.HasPrefix(s.Host, "/") {
		kind, _ := findServer(s.Type)
		query.Set(kind.socketParameter, s.Host)
		if s.Port != 0 {
			u.Host = ":" + strconv.Itoa(s.Port)
		}
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// SetParameter sets a parameter of a server that is given in parts; the empty
// value removes it.
func (p *Profile) SetParameter(name, value string) {
	parameters := maps.Clone(p.Server.Parameters)
	if parameters == nil {
		parameters = map[string]string{}
	}
	parameters[name] = value
	if value == "" {
		delete(parameters, name)
	}
	p.Server.Parameters = parameters
}
