package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/rowan-db/rowan/backends"
	"github.com/rowan-db/rowan/store/tuple"
)

// version is set by the linker for a release.
var version = "dev"

func (a *app) versionCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:     "version",
		Short:   "Print the version, and what this build can open",
		Example: "  rowan version --json",
		Args:    exactArgs(0),
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return a.versionJSON()
			}
			out := &checked{w: a.stdout}
			fmt.Fprintf(out, "rowan %s (%s, %s/%s)\n", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			for _, b := range backends.All() {
				fmt.Fprintf(out, "  %-8s %s\n", b.Name, b.Product)
			}
			return out.err
		},
	})
}

func (a *app) versionJSON() error {
	line := append([]byte(`{"version":`), tuple.Text(buildVersion()).AppendJSON(nil)...)
	line = append(line, `,"backends":[`...)
	for i, b := range backends.All() {
		if i > 0 {
			line = append(line, ',')
		}
		line = tuple.Text(b.Name).AppendJSON(line)
	}
	_, err := a.stdout.Write(append(line, "]}\n"...))
	return err
}

// buildVersion is the release, or the module's version as go install knows it.
func buildVersion() string {
	if version != "dev" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return version
}
