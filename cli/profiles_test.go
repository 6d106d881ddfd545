package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"github.com/rowan-db/rowan/store/profile"
)

// profilesText returns the file of profiles.
func profilesText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(os.Getenv("ROWAN_PROFILES"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestProfilesAreEdited(t *testing.T) {
	dir := isolate(t)
	keyring.MockInit()
	rowan(t, "profiles", "path").want(t, os.Getenv("ROWAN_PROFILES")+"\n")
	if r := rowan(t, "profiles"); r.code != exitDone || !strings.Contains(r.stderr, "there are no profiles") {
		t.Errorf("without profiles: %+v", r)
	}
	t.Chdir(dir)
	rowan(t, "profiles", "add", "notes", "notes.rowan").want(t, "")
	rowan(t, "profiles", "add", "live", "postgres://app@db/shop?application_name=a=b", "environment=prod", "ssh=bastion",
		"startup=set a=1", "startup=set b=2", "unlock_time=5m").want(t, "")
	rowan(t, "profiles", "add", "parts", "type=mysql", "host=db", "port=3307", "parameters.charset=utf8mb4").want(t, "")
	rowan(t, "profiles", "edit", "live", "environment=staging", "ssh=", "name=stage", "target=postgres://db/other").want(t, "")
	rowan(t, "profiles", "remove", "notes").want(t, "")
	want := `[profiles.stage]
target = "postgres://db/other"
environment = "staging"
unlock_time = "5m"
startup = ["set a=1", "set b=2"]

[profiles.parts]
type = "mysql"
host = "db"
port = 3307
parameters = { charset = "utf8mb4" }
`
	if got := profilesText(t); got != want {
		t.Errorf("the file is\n%s", got)
	}
	r := rowan(t, "profiles", "list", "--json")
	var first listed
	if err := json.Unmarshal([]byte(strings.SplitN(r.stdout, "\n", 2)[0]), &first); err != nil || first.Name != "parts" || first.Target != "mysql://db:3307/?charset=utf8mb4" {
		t.Errorf("%+v, %v from %s", first, err, r.stdout)
	}
	if r := rowan(t, "profiles", "list"); !strings.Contains(r.stdout, "stage") || !strings.Contains(r.stdout, "postgres://db/other") {
		t.Errorf("listed: %s", r.stdout)
	}
}

func TestProfileMistakes(t *testing.T) {
	dir := isolate(t)
	t.Chdir(dir)
	rowan(t, "profiles", "add", "a", "x.rowan").want(t, "")
	before := profilesText(t)
	for line, c := range map[string]struct {
		code int
		why  string
	}{
		"profiles add a y.rowan":                             {exitFailed, "there is a profile a already"},
		"profiles add b":                                     {exitUsage, "takes NAME TARGET"},
		"profiles add a/b x":                                 {exitFailed, "is a path or URL"},
		"profiles add b x environment=live":                  {exitUsage, "not one of dev, staging and prod"},
		"profiles add b x nope=1":                            {exitUsage, `there is no setting "nope"`},
		"profiles add b x nope":                              {exitUsage, "nope is no setting"},
		"profiles add b x password=secret":                   {exitUsage, "--save-password"},
		"profiles add b x tls=perhaps":                       {exitUsage, "verify-full"},
		"profiles add b type=oracle":                         {exitUsage, "not one of postgres, mysql, redis"},
		"profiles add b environment=dev":                     {exitFailed, "needs a target"},
		"profiles add b x unlock_time=-1m":                   {exitUsage, "is a time"},
		"profiles add b x password_env=A password_command=b": {exitFailed, "several places"},
		"profiles edit a":                                    {exitUsage, "nothing is to be changed"},
		"profiles edit none x=1":                             {exitUsage, "there is no profile none"},
		"profiles edit a name=":                              {exitFailed, "needs a name"},
		"profiles remove none":                               {exitUsage, "there is no profile none"},
		"profiles test none":                                 {exitFailed, "neither a file nor a profile named none"},
		"profiles nope":                                      {exitUsage, "takes no arguments"},
	} {
		rowan(t, strings.Fields(line)...).fails(t, c.code, c.why)
	}
	if got := profilesText(t); got != before {
		t.Errorf("the file is now\n%s", got)
	}
}

// TestPasswordOfURLGoesToTheKeyring checks where a password ends that is given
// with the URL, and that it goes with its profile.
func TestPasswordOfURLGoesToTheKeyring(t *testing.T) {
	isolate(t)
	keyring.MockInit()
	const secret = "Tr0ub4dor"
	r := rowan(t, "profiles", "add", "live", "postgres://app:"+secret+"@db/shop")
	r.want(t, "")
	if text := profilesText(t); strings.Contains(text+r.stderr, secret) || !strings.Contains(text, "password_keyring = true") {
		t.Errorf("the file is\n%s", text)
	}
	rowan(t, "profiles", "edit", "live", "name=prod").want(t, "")
	if got, err := keyring.Get("rowan", "prod"); got != secret || err != nil {
		t.Errorf("the keyring has %q, %v", got, err)
	}
	rowan(t, "profiles", "remove", "prod").want(t, "")
	if _, err := keyring.Get("rowan", "prod"); err == nil {
		t.Error("the keyring has the password still")
	}
	r = rowan(t, "profiles", "add", "file", "postgres://app:"+secret+"@db/shop", "--password-in-file")
	if r.want(t, ""); !strings.Contains(profilesText(t), secret) || strings.Contains(r.stderr, secret) {
		t.Errorf("insisting: %+v\n%s", r, profilesText(t))
	}
	for _, args := range [][]string{{"profiles"}, {"profiles", "--json"}, {}} {
		if r := rowan(t, args...); strings.Contains(r.stdout+r.stderr, secret) {
			t.Errorf("%v shows the password: %+v", args, r)
		}
	}
}

func TestProfileIsTested(t *testing.T) {
	path := shopFile(t)
	rowan(t, "profiles", "add", "shop", path, "environment=prod").want(t, "")
	r := rowan(t, "profiles", "test", "shop")
	for _, want := range []string{"rowan file", path, "8 tables", "production database, which opens read-only until it is unlocked"} {
		if r.code != exitDone || !strings.Contains(r.stdout, want) {
			t.Errorf("exit code %d, %q is not in\n%s", r.code, want, r.stdout)
		}
	}
	var result tested
	r = rowan(t, "profiles", "test", "shop", "--json")
	if err := json.Unmarshal([]byte(r.stdout), &result); err != nil || !result.OK || result.Tables != 8 || result.TLS != "none" {
		t.Errorf("%+v, %v", result, err)
	}
	result = tested{}
	rowan(t, "profiles", "add", "gone", filepath.Join(t.TempDir(), "none.rowan")).want(t, "")
	r = rowan(t, "profiles", "test", "gone", "--json")
	if err := json.Unmarshal([]byte(r.stdout), &result); err != nil || result.OK || r.code != exitFailed || !strings.Contains(result.Error, "there is no file") || result.Hint == "" {
		t.Errorf("exit code %d, %+v, %v", r.code, result, err)
	}
}

// TestDamagedRecentTargets checks that they do not keep the profiles from being
// listed.
func TestDamagedRecentTargets(t *testing.T) {
	dir := isolate(t)
	state := filepath.Join(dir, "state")
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(state, "recent.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	rowan(t).fails(t, exitFailed, "recent.json is damaged")
	rowan(t, "profiles", "add", "notes", "/data/notes.rowan").want(t, "")
	r := rowan(t)
	if r.code != exitPartly || r.stdout != "notes\t/data/notes.rowan\n" || !strings.Contains(r.stderr, "recent.json is damaged") {
		t.Errorf("got %+v", r)
	}
}

// TestSettingsAreInTheHelp checks that no setting is left out, but for the one
// that nobody should use.
func TestSettingsAreInTheHelp(t *testing.T) {
	for _, name := range profile.Settings() {
		if name != "password" && !regexp.MustCompile(`\b`+name+`\b`).MatchString(settingsHelp) {
			t.Errorf("the help does not name %s", name)
		}
	}
}
