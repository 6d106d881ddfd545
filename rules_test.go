package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// The rules of the house, as tests. They read the source themselves, so that go
// test knows to run them again when a file changes.
//
// This file is long because the top folder of the repository has one file of
// rules, and otherwise only what every Go program has there.

// importRule says what of this module the packages of a folder may import.
type importRule struct {
	may []string // folders; one that ends in /... stands for all below it
	why string
}

// importRules holds the rule for each folder. A folder whose name ends in /...
// stands for all below it. The longest name that fits a package rules it.
var importRules = map[string]importRule{
	".": {
		may: []string{"cli"},
		why: "main hands its arguments to cli and knows nothing else",
	},
	"cli": {
		may: []string{"cli/...", "tui", "tui/display", "tui/style", "themes", "backends", "store", "store/..."},
		why: "the commands put the parts together; what they need of the screen is the program, the sanitiser and the styles",
	},
	"cli/...": {
		may: []string{"store", "store/..."},
		why: "what a command does apart from speaking to people needs no more than a store",
	},
	"tui": {
		may: []string{"tui/...", "store", "store/...", "themes"},
		why: "the screen knows databases through store alone, so that it works with any",
	},
	"tui/...": {
		may: []string{"tui/pane", "tui/pane/...", "tui/task", "tui/style", "tui/display", "store", "store/driver", "store/sqltext", "store/tuple", "store/profile", "store/transfer", "themes"},
		why: "a pane does not know other panes: what concerns them goes through tui, as a pane.Action (of store/driver it may use the types of rows and tables, which are store's, too)",
	},
	"tui/display": {
		why: "text that is safe for a terminal is made without knowing where it comes from",
	},
	"themes": {
		why: "themes are data",
	},
	"store": {
		may: []string{"store/driver", "store/sqltext", "store/tuple"},
		why: "a backend is reached through its driver.DB, never by name",
	},
	"store/driver": {
		may: []string{"store/sqltext", "store/tuple"},
		why: "a backend implements this contract, and needs no other",
	},
	"store/sqltext": {
		why: "text is taken apart without knowing what is done with the parts",
	},
	"store/tuple": {
		why: "values and their order are the ground that all else stands on",
	},
	"store/tuple/tupletest": {
		may: []string{"store/tuple"},
		why: "values for tests are made of values alone",
	},
	"store/profile": {
		may: []string{"store/driver"},
		why: "a profile says how to connect, which is a driver.Connection, and connects nothing",
	},
	"store/transfer": {
		may: []string{"store", "store/driver", "store/sqltext", "store/tuple"},
		why: "data moves between stores, whatever they are",
	},
	"store/storetest": {
		may: []string{"store", "store/driver", "store/sqltext", "store/tuple", reference},
		why: "the conformance suite knows the contract, and no backend but the one that it compares others with",
	},
	"backends": {
		may: []string{"backends/...", "store", "store/driver", "store/profile", "store/tuple"},
		why: "this is the one place that names every backend; what is a URL and what a path, store/profile says for all",
	},
	"backends/...": {
		may: []string{"backends/internal/...", "store/driver", "store/sqltext", "store/tuple"},
		why: "a backend implements store/driver; what several share is in backends/internal",
	},
	"backends/native": {
		may: []string{"backends/internal/...", "store/driver", "store/sqltext", "store/tuple", "btree", "btree/..."},
		why: "the native backend is the storage engine behind store/driver",
	},
	"btree": {
		may: []string{"btree/..."},
		why: "the storage engine is a library of its own, and knows nothing of rowan",
	},
	"btree/...": {
		may: []string{"btree", "btree/..."},
		why: "the storage engine is a library of its own, and knows nothing of rowan",
	},
	"e2e": {
		may: []string{"e2e/..."},
		why: "these programs and tests see the built program from outside, as its users do",
	},
	"e2e/...": {
		may: []string{"e2e/..."},
		why: "these programs and tests see the built program from outside, as its users do",
	},
}

// reference is the backend that stands for any other in tests: it is small, in
// memory, and what the others are compared with.
const reference = "backends/mem"

// useReference are the folders whose tests may use it.
var useReference = []string{"backends/...", "cli", "cli/...", "store", "store/storetest", "store/transfer", "tui", "tui/..."}

// forTests are folders that only tests and other folders for tests import: they
// fail tests, which a program must not.
var forTests = []string{"store/storetest", "store/tuple/tupletest", "tui/pane/panetest", "tui/tuitest"}

// emptyNames say nothing of what is in a package, so that anything ends up there.
var emptyNames = []string{"util", "utils", "common", "type", "types", "model", "models", "helper", "helpers", "misc", "shared"}

const (
	mostLines     = 500 // of a file
	mostFuncLines = 80
	// mostBytes is the size above which a file is not source text.
	mostBytes = 1 << 20
)

// ruleFor returns the rule for a folder, and the name it has in importRules.
func ruleFor(folder string) (name string, rule importRule, ok bool) {
	if rule, ok = importRules[folder]; ok {
		return folder, rule, true
	}
	for pattern, r := range importRules {
		if len(pattern) > len(name) && strings.HasSuffix(pattern, "/...") && covers(pattern, folder) {
			name, rule, ok = pattern, r, true
		}
	}
	return name, rule, ok
}

// covers reports whether a folder is the one that pattern names, or below it
// if pattern ends in /...
func covers(pattern, folder string) bool {
	if above, ok := strings.CutSuffix(pattern, "/..."); ok {
		return strings.HasPrefix(folder, above+"/")
	}
	return pattern == folder
}

func coveredBy(patterns []string, folder string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return covers(p, folder) })
}

// source is a Go file of the tree.
type source struct {
	name   string
	folder string
	test   bool
	lines  int
	ast    *ast.File
	fset   *token.FileSet
}

// tree is what the rules look at.
type tree struct {
	module   string
	sources  []*source
	texts    map[string][]byte // every file that is text
	backends map[string]bool   // the names of the folders below backends
}

// readTree reads a source tree, but for hidden folders, test data, and modules
// inside it, which have rules of their own.
func readTree(fsys fs.FS) (*tree, error) {
	t := &tree{texts: map[string][]byte{}, backends: map[string]bool{}}
	mod, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return nil, err
	}
	line, _, _ := strings.Cut(string(mod), "\n")
	t.module = strings.TrimPrefix(line, "module ")
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return descend(fsys, name)
		}
		return t.read(fsys, name, d)
	})
	return t, err
}

// descend returns fs.SkipDir for folders that are not looked at.
func descend(fsys fs.FS, folder string) error {
	if folder == "." {
		return nil
	}
	base := path.Base(folder)
	if base == ".git" || base == ".cache" || base == "dist" {
		return fs.SkipDir
	}
	if _, err := fs.Stat(fsys, path.Join(folder, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func (t *tree) read(fsys fs.FS, name string, d fs.DirEntry) error {
	info, err := d.Info()
	if err != nil || info.Size() > mostBytes || !info.Mode().IsRegular() {
		return err
	}
	content, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if bytes.IndexByte(content, 0) >= 0 {
		return nil // not text
	}
	t.texts[name] = content
	if !strings.HasSuffix(name, ".go") || slices.Contains(strings.Split(name, "/"), "testdata") {
		return nil
	}
	return t.parse(name, content)
}

func (t *tree) parse(name string, content []byte) error {
	s := &source{
		name:   name,
		folder: path.Dir(name),
		test:   strings.HasSuffix(name, "_test.go"),
		lines:  bytes.Count(content, []byte("\n")),
		fset:   token.NewFileSet(),
	}
	var err error
	s.ast, err = parser.ParseFile(s.fset, name, content, parser.ParseComments|parser.SkipObjectResolution)
	t.sources = append(t.sources, s)
	if parts := strings.Split(name, "/"); len(parts) > 2 && parts[0] == "backends" && parts[1] != "internal" {
		t.backends[parts[1]] = true
	}
	return err
}

// rule is a rule that a whole tree is held to.
type rule struct {
	name  string
	why   string
	check func(t *tree, report func(file, problem string))
}

var rules = []rule{
	{
		"imports", "who may know whom keeps each part replaceable; importRules has the reason for each folder",
		checkImports,
	},
	{
		"package comments", "a reader learns what a package is for, what it guarantees and what not, before its code",
		checkPackageComments,
	},
	{
		"package names", "a name that says nothing collects what belongs elsewhere",
		checkPackageNames,
	},
	{
		"no init", "what happens at import cannot be seen, ordered, or left out of a test",
		eachDecl(func(s *source, d ast.Decl) string {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				return "has an init function"
			}
			return ""
		}),
	},
	{
		"colours in one place", "a theme can only change what tui/style makes",
		eachNode(func(s *source, n ast.Node) string {
			if !s.test && s.folder != "tui/style" && isCall(n, "lipgloss", "Color") {
				return "makes a colour outside tui/style"
			}
			return ""
		}),
	},
	{
		"no sleeping tests", "a test that sleeps is slow on every machine and wrong on some: wait for the event",
		checkSleep,
	},
	{
		"backends unnamed", "code that asks which backend it has breaks with the next one: ask for an optional interface of store/driver",
		checkBackendNames,
	},
	{
		"file length", fmt.Sprintf("a file over %d lines is about more than one thing", mostLines),
		checkFileLength,
	},
	{
		"function length", fmt.Sprintf("a function over %d lines cannot be taken in at once", mostFuncLines),
		eachDecl(func(s *source, d ast.Decl) string {
			f, ok := d.(*ast.FuncDecl)
			if lines := s.line(d.End()) - s.line(d.Pos()) + 1; ok && !s.test && lines > mostFuncLines {
				return fmt.Sprintf("%s has %d lines", f.Name.Name, lines)
			}
			return ""
		}),
	},
	{
		"no machine's paths", "what one machine has, others have not",
		checkPaths,
	},
}

func (s *source) line(p token.Pos) int { return s.fset.Position(p).Line }

// isCall reports whether n calls a function of a package, by its usual name.
func isCall(n ast.Node, pkg, name string) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != name {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	return ok && id.Name == pkg
}

// eachDecl makes a check of one for a declaration, which returns the problem.
func eachDecl(problem func(*source, ast.Decl) string) func(*tree, func(string, string)) {
	return func(t *tree, report func(file, problem string)) {
		for _, s := range t.sources {
			for _, d := range s.ast.Decls {
				if p := problem(s, d); p != "" {
					report(s.at(d.Pos()), p)
				}
			}
		}
	}
}

// eachNode makes a check of one for a node, which returns the problem.
func eachNode(problem func(*source, ast.Node) string) func(*tree, func(string, string)) {
	return func(t *tree, report func(file, problem string)) {
		for _, s := range t.sources {
			ast.Inspect(s.ast, func(n ast.Node) bool {
				if n == nil {
					return false
				}
				if p := problem(s, n); p != "" {
					report(s.at(n.Pos()), p)
				}
				return true
			})
		}
	}
}

func (s *source) at(p token.Pos) string { return fmt.Sprintf("%s:%d", s.name, s.line(p)) }

func checkImports(t *tree, report func(file, problem string)) {
	for _, s := range t.sources {
		name, rule, ok := ruleFor(s.folder)
		if !ok {
			report(s.name, "is in a folder that importRules does not know: decide what it may import")
			continue
		}
		for _, spec := range s.ast.Imports {
			imported, ours := t.folder(spec)
			if ours && !mayImport(s, rule, imported) {
				report(s.at(spec.Pos()), fmt.Sprintf("imports %s, but %s may import only %s: %s",
					imported, name, strings.Join(append([]string{"std"}, rule.may...), ", "), rule.why))
			}
		}
	}
}

// folder returns the folder of this module that spec imports, if it is one.
func (t *tree) folder(spec *ast.ImportSpec) (folder string, ours bool) {
	imported, err := strconv.Unquote(spec.Path.Value)
	if err != nil || imported == t.module {
		return ".", err == nil
	}
	return strings.CutPrefix(imported, t.module+"/")
}

func mayImport(s *source, rule importRule, imported string) bool {
	if slices.Contains(forTests, imported) {
		return s.test || slices.Contains(forTests, s.folder)
	}
	if s.test && imported == s.folder {
		return true // in an external test
	}
	if s.test && imported == reference && coveredBy(useReference, s.folder) {
		return true
	}
	if s.folder == "tui/tuitest" && imported == "tui" {
		return true // it drives the whole screen
	}
	return coveredBy(rule.may, imported)
}

func checkPackageComments(t *tree, report func(file, problem string)) {
	documented := map[string]bool{}
	for _, s := range t.sources {
		if !s.test {
			documented[s.folder] = documented[s.folder] || s.ast.Doc != nil
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(documented)) {
		if !documented[folder] {
			report(folder, "has no package comment")
		}
	}
}

func checkPackageNames(t *tree, report func(file, problem string)) {
	for _, s := range t.sources {
		if name := strings.TrimSuffix(s.ast.Name.Name, "_test"); slices.Contains(emptyNames, name) {
			report(s.name, "is in a package named "+name)
		}
	}
}

// nameBackends are the folders that may ask for a backend by its name.
var nameBackends = []string{"backends", "e2e"}

// checkBackendNames finds names of backends that the code outside backends
// compares something with.
func checkBackendNames(t *tree, report func(file, problem string)) {
	isName := func(e ast.Expr) bool {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return false
		}
		text, err := strconv.Unquote(lit.Value)
		return err == nil && t.backends[strings.TrimSuffix(text, "://")]
	}
	eachNode(func(s *source, n ast.Node) string {
		top, _, _ := strings.Cut(s.folder, "/")
		if s.test || slices.Contains(nameBackends, top) {
			return ""
		}
		switch n := n.(type) {
		case *ast.CaseClause:
			if slices.ContainsFunc(n.List, isName) {
				return "has a case for a backend"
			}
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && (isName(n.X) || isName(n.Y)) {
				return "compares with a backend's name"
			}
		}
		return ""
	})(t, report)
}

// checkSleep finds sleeps in tests, but for those in a synctest bubble, where
// they take no time.
func checkSleep(t *tree, report func(file, problem string)) {
	for _, s := range t.sources {
		if !s.test {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if n != nil && isCall(n, "time", "Sleep") {
				report(s.at(n.Pos()), "sleeps")
			}
			return n != nil && !isCall(n, "synctest", "Test")
		})
	}
}

// longBecause is how a file says why it is longer than others.
const longBecause = "This file is long because "

func checkFileLength(t *tree, report func(file, problem string)) {
	for _, s := range t.sources {
		if s.lines > mostLines && !s.saysAtTheTop(longBecause) {
			report(s.name, fmt.Sprintf("has %d lines", s.lines))
		}
	}
}

// saysAtTheTop reports whether a comment before the first declaration that is no
// import has some text.
func (s *source) saysAtTheTop(text string) bool {
	return slices.ContainsFunc(s.ast.Comments, func(c *ast.CommentGroup) bool {
		return strings.Contains(c.Text(), text) && !slices.ContainsFunc(s.ast.Decls, func(d ast.Decl) bool {
			g, ok := d.(*ast.GenDecl)
			return d.Pos() < c.Pos() && !(ok && g.Tok == token.IMPORT)
		})
	})
}

// machinePath matches the home of root and the folder that a checkout may be in
// on a machine for builds. It is put together here in order not to match itself.
var machinePath = regexp.MustCompile(`(?:^|[^\w./$-])(/(?:` + "work" + `|` + "root" + `)/)`)

func checkPaths(t *tree, report func(file, problem string)) {
	for _, name := range slices.Sorted(maps.Keys(t.texts)) {
		for i, line := range strings.Split(string(t.texts[name]), "\n") {
			if m := machinePath.FindStringSubmatch(line); m != nil {
				report(fmt.Sprintf("%s:%d", name, i+1), "names the path "+m[1])
			}
		}
	}
}

// TestRules holds the module to its rules.
func TestRules(t *testing.T) {
	src, err := readTree(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			r.check(src, func(file, problem string) {
				t.Errorf("%s %s\n\trule: %s: %s", file, problem, r.name, r.why)
			})
		})
	}
}

// TestImportRulesNameFolders finds rules that outlived their folders: a rule for
// nothing looks like protection and is none.
func TestImportRulesNameFolders(t *testing.T) {
	for pattern, r := range importRules {
		if r.why == "" {
			t.Errorf("the rule for %s has no reason", pattern)
		}
	}
	for _, folder := range forTests {
		if _, _, ok := ruleFor(folder); !ok {
			t.Errorf("no rule covers %s", folder)
		}
	}
}

// file is a source file with a package comment, some imports and some code.
func file(pkg string, imports []string, code string) *fstest.MapFile {
	var b strings.Builder
	fmt.Fprintf(&b, "// Package %s exists.\npackage %s\n", pkg, pkg)
	for _, imported := range imports {
		fmt.Fprintf(&b, "import %q\n", imported)
	}
	return &fstest.MapFile{Data: []byte(b.String() + code)}
}

const shop = "example.com/shop/"

// problems runs all rules on a tree that consists of some files, and returns
// the names of the rules that are broken.
func problems(t *testing.T, files fstest.MapFS) map[string]string {
	t.Helper()
	files["go.mod"] = &fstest.MapFile{Data: []byte("module " + strings.TrimSuffix(shop, "/") + "\n")}
	src, err := readTree(files)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, r := range rules {
		r.check(src, func(file, problem string) { found[r.name] += file + " " + problem + "\n" })
	}
	return found
}

// TestRulesFindWhatBreaksThem has a tree for each way to break a rule.
func TestRulesFindWhatBreaksThem(t *testing.T) {
	lines := func(n int) string { return strings.Repeat("\n", n) }
	for _, c := range []struct {
		rule string
		name string
		file *fstest.MapFile
	}{
		{"imports", "main.go", file("main", []string{shop + "tui"}, "")},
		{"imports", "cli/a.go", file("cli", []string{shop + "backends/native"}, "")},
		{"imports", "tui/grid/a.go", file("grid", []string{shop + "tui/objects"}, "")},
		{"imports", "tui/grid/a_test.go", file("grid", []string{shop + "tui/objects"}, "")},
		{"imports", "tui/grid/a.go", file("grid", []string{shop + "tui"}, "")},
		{"imports", "tui/grid/a.go", file("grid", []string{shop + "tui/tuitest"}, "")},
		{"imports", "tui/grid/a.go", file("grid", []string{shop + "backends"}, "")},
		{"imports", "tui/display/a.go", file("display", []string{shop + "tui/style"}, "")},
		{"imports", "store/a.go", file("store", []string{shop + "backends/sqlite"}, "")},
		{"imports", "store/a.go", file("store", []string{shop + "store/storetest"}, "")},
		{"imports", "store/tuple/a.go", file("tuple", []string{shop + "store"}, "")},
		{"imports", "store/driver/a.go", file("driver", []string{shop + "store"}, "")},
		{"imports", "backends/sqlite/a.go", file("sqlite", []string{shop + "store"}, "")},
		{"imports", "backends/sqlite/a.go", file("sqlite", []string{shop + "btree"}, "")},
		{"imports", "backends/sqlite/a.go", file("sqlite", []string{shop + "backends/native"}, "")},
		{"imports", "backends/internal/kvrows/a.go", file("kvrows", []string{shop + "btree"}, "")},
		{"imports", "btree/a.go", file("btree", []string{shop + "store/tuple"}, "")},
		{"imports", "btree/vfs/a.go", file("vfs", []string{shop + "store"}, "")},
		{"imports", "themes/a.go", file("themes", []string{shop + "tui/style"}, "")},
		{"imports", "backends/sqlite/a.go", file("sqlite", []string{shop + "store/tuple/tupletest"}, "")},
		{"imports", "tui/grid/a.go", file("grid", []string{shop + "backends/mem"}, "")},
		{"imports", "btree/a_test.go", file("btree", []string{shop + "store/tuple"}, "")},
		{"imports", "btree/a_test.go", file("btree", []string{shop + "backends/mem"}, "")},
		{"imports", "cli/demo/a.go", file("demo", []string{shop + "tui"}, "")},
		{"imports", "e2e/a.go", file("e2e", []string{shop + "store"}, "")},
		{"imports", "store/a.go", file("store", []string{strings.TrimSuffix(shop, "/")}, "")},
		{"imports", "attic/a.go", file("attic", nil, "")}, // a folder without a rule
		{"package comments", "store/a.go", &fstest.MapFile{Data: []byte("package store\n")}},
		{"package names", "store/utils/a.go", file("utils", nil, "")},
		{"no init", "store/a.go", file("store", nil, "func init() {}\n")},
		{"no init", "store/a_test.go", file("store", nil, "func init() {}\n")},
		{"colours in one place", "tui/a.go", file("tui", nil, "var red = lipgloss.Color(`1`)\n")},
		{"no sleeping tests", "store/a_test.go", file("store", []string{"time"}, "func f() { time.Sleep(1) }\n")},
		{"backends unnamed", "cli/a.go", file("cli", nil, "func f(s string) { switch s { case `x`, `sqlite`: } }\n")},
		{"backends unnamed", "tui/a.go", file("tui", nil, "func f(s string) bool { return s != `sqlite` }\n")},
		{"backends unnamed", "tui/a.go", file("tui", nil, "func f(s string) bool { return `sqlite://` == s }\n")},
		{"file length", "store/a.go", file("store", nil, lines(mostLines))},
		{"file length", "store/a_test.go", file("store", nil, lines(mostLines))},
		{"file length", "store/a.go", file("store", nil, "type a int\n\n// "+longBecause+"it says so too late.\n"+lines(mostLines))},
		{"function length", "store/a.go", file("store", nil, "func f() {"+lines(mostFuncLines)+"}\n")},
		{"no machine's paths", "README.md", &fstest.MapFile{Data: []byte("Fine.\nSee `/" + "work/main`.\n")}},
		{"no machine's paths", "store/a.go", file("store", nil, "const home = \"/"+"root/x\"\n")},
	} {
		files := fstest.MapFS{c.name: c.file, "backends/sqlite/sqlite.go": file("sqlite", nil, "")}
		found := problems(t, files)
		if !strings.HasPrefix(found[c.rule], c.name) && !strings.HasPrefix(found[c.rule], path.Dir(c.name)+" ") {
			t.Errorf("rule %q does not find %s in\n%s", c.rule, c.name, c.file.Data)
		}
		delete(found, c.rule)
		delete(found, "imports") // folders without a rule, in trees for other rules
		if len(found) > 0 {
			t.Errorf("%s breaks %q alone, but found was %v", c.name, c.rule, found)
		}
	}
}

// TestRulesAllowWhatIsRight has one tree with everything that may be mistaken for
// a break of a rule.
func TestRulesAllowWhatIsRight(t *testing.T) {
	found := problems(t, fstest.MapFS{
		"main.go":                        file("main", []string{"os", shop + "cli"}, ""),
		"cli/a.go":                       file("cli", []string{shop + "tui", shop + "backends", shop + "store/tuple", shop + "tui/display"}, ""),
		"tui/a.go":                       file("tui", []string{shop + "tui/grid", shop + "tui/pane", shop + "store"}, "func f(kind string) bool { return kind == `sqlite3` }\n"),
		"tui/grid/a.go":                  file("grid", []string{shop + "tui/pane", shop + "tui/style", shop + "store", shop + "store/tuple"}, "func init_() {}\ntype t struct{}\nfunc (t) init() {}\n"),
		"tui/grid/a_test.go":             file("grid_test", []string{shop + "tui/grid", shop + "tui/tuitest"}, ""),
		"tui/a_test.go":                  file("tui", []string{shop + "backends/mem"}, ""),
		"tui/tuitest/a.go":               file("tuitest", []string{shop + "tui", shop + "tui/style"}, ""),
		"tui/style/a.go":                 file("style", []string{shop + "themes"}, "var red = lipgloss.Color(`1`)\n"),
		"store/a_test.go":                file("store", []string{shop + "store/storetest"}, "// "+longBecause+"of this.\n"+strings.Repeat("\n", mostLines)),
		"store/storetest/a.go":           file("storetest", []string{shop + "store", shop + "store/driver"}, ""),
		"backends/a.go":                  file("backends", []string{shop + "backends/sqlite", shop + "store"}, "func f(s string) bool { return s == `sqlite` }\n"),
		"backends/sqlite/a.go":           file("sqlite", []string{shop + "store/driver", shop + "backends/internal/sqlrows"}, ""),
		"backends/sqlite/a_test.go":      file("sqlite", []string{shop + "store/storetest"}, ""),
		"backends/native/a.go":           file("native", []string{shop + "btree", shop + "btree/vfs", shop + "backends/internal/kvrows"}, ""),
		"backends/internal/sqlrows/a.go": file("sqlrows", []string{shop + "store/tuple"}, ""),
		"btree/a.go":                     file("btree", []string{shop + "btree/vfs"}, ""),
		"btree/a_test.go":                file("btree", []string{shop + "btree"}, "func f() { synctest.Test(func() { time.Sleep(1) }) }\n"),
		"e2e/a.go":                       file("e2e", []string{shop + "e2e/servers"}, "func f(s string) bool { return s == `sqlite` }\n"),
		"bench/go.mod":                   {Data: []byte("module example.com/shop/bench\n")},
		"bench/a.go":                     file("common", []string{shop + "btree"}, "func init() {}\n"),
		"store/testdata/bad.go":          {Data: []byte("this does not parse\n")},
		"store/testdata/binary":          {Data: []byte("\x00/" + "work/")},
		"docs/A.md":                      {Data: []byte("https://example.com/" + "work/ and frame" + "work/ and $HOME/" + "root/\n")},
		"go.sum":                         {},
	})
	for name, problems := range found {
		t.Errorf("rule %q is broken by what is right:\n%s", name, problems)
	}
}

// TestLongestRuleWins has folders that several rules fit.
func TestLongestRuleWins(t *testing.T) {
	for folder, want := range map[string]string{
		".":                        ".",
		"tui":                      "tui",
		"tui/grid":                 "tui/...",
		"tui/display":              "tui/display",
		"backends/native":          "backends/native",
		"backends/sqlite":          "backends/...",
		"backends/internal/kvrows": "backends/...",
		"btree/vfs/faults":         "btree/...",
	} {
		if got, _, ok := ruleFor(folder); got != want || !ok {
			t.Errorf("the rule for %s is %q, want %q", folder, got, want)
		}
	}
	if name, _, ok := ruleFor("storehouse"); ok {
		t.Errorf("storehouse has the rule of %s", name)
	}
}
