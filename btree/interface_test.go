package btree_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// programFiles are the random program of TestSoak.
var programFiles = []string{"world_test.go", "worldcheck_test.go", "worldreads_test.go", "worldsteps_test.go", "harness_test.go"}

// notInProgram is what of the interface the random program does not use, with what does instead.
var notInProgram = map[string]string{
	"Upgrade":             "TestUpgrade: it is for files of an older format",
	"Options.NoSync":      "TestKilledProcessLosesNothing: it promises nothing after a power cut",
	"Options.NoMap":       "TestKilledProcessLosesNothing: the disk of the program has no mapping",
	"Options.MustExist":   "TestOpenOfMissingFile: it changes nothing once the file is there",
	"Options.LockTimeout": "TestKilledProcessLosesNothing: nobody else writes the program's file",
	"CorruptError.Is":     "TestEveryChangedByteIsNoticedOrHarmless: the program's disk damages nothing",
	"CorruptError.Error":  "TestEveryChangedByteIsNoticedOrHarmless: the program's disk damages nothing",
	"ChangeKind.String":   "it is for people",
	"Process.String":      "it is for people",
}

// noImports stands for all packages but the engine: what they are does not matter here.
type noImports struct{ engine *types.Package }

func (n noImports) Import(path string) (*types.Package, error) {
	if path == n.engine.Path() {
		return n.engine, nil
	}
	p := types.NewPackage(path, path[strings.LastIndex(path, "/")+1:])
	p.MarkComplete()
	return p, nil
}

// The random program of TestSoak uses all of the interface: every exported function and method, and every option.
func TestProgramCoversTheInterface(t *testing.T) {
	fset := token.NewFileSet()
	config := types.Config{Error: func(error) {}} // about what other packages have
	engine := types.NewPackage("github.com/rowan-db/rowan/btree", "btree")
	config.Importer = noImports{engine}
	source := parse(t, fset, func(name string) bool {
		ok, err := build.Default.MatchFile(".", name)
		return err == nil && ok && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
	})
	_ = types.NewChecker(&config, fset, engine, nil).Files(source)
	program := parse(t, fset, func(name string) bool { return slices.Contains(programFiles, name) })
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	_ = types.NewChecker(&config, fset, types.NewPackage("program", "btree_test"), info).Files(program)
	used := map[types.Object]bool{}
	for _, o := range info.Uses {
		used[o] = true
	}
	seen := map[string]bool{}
	for name, o := range offered(engine) {
		seen[name] = true
		if why := notInProgram[name]; why == "" && !used[o] {
			t.Errorf("the random program does not use %s: let it, or say here why not", name)
		} else if why != "" && used[o] {
			t.Errorf("the random program uses %s, which is said not to be of use there", name)
		}
	}
	for name := range notInProgram {
		if !seen[name] {
			t.Errorf("there is no %s", name)
		}
	}
	if len(seen) < 90 {
		t.Errorf("the interface seems to have only %d parts: %q", len(seen), slices.Sorted(maps.Keys(seen)))
	}
}

// parse returns the files of this folder whose names are wanted.
func parse(t *testing.T, fset *token.FileSet, wanted func(name string) bool) (files []*ast.File) {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !wanted(e.Name()) {
			continue
		}
		f, err := parser.ParseFile(fset, e.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// offered returns the exported functions and methods, and the options.
func offered(engine *types.Package) map[string]types.Object {
	all := map[string]types.Object{}
	for _, name := range engine.Scope().Names() {
		o := engine.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		if _, ok := o.(*types.Func); ok {
			all[name] = o
		}
		named, ok := o.Type().(*types.Named)
		if _, isType := o.(*types.TypeName); !ok || !isType {
			continue
		}
		for m := range named.Methods() {
			if m.Exported() {
				all[name+"."+m.Name()] = m
			}
		}
		if options, ok := named.Underlying().(*types.Struct); ok && name == "Options" {
			for f := range options.Fields() {
				if f.Exported() {
					all[name+"."+f.Name()] = f
				}
			}
		}
	}
	return all
}
