// Command rowan is a terminal admin application for ordered data.
package main

import (
	"os"

	"github.com/rowan-db/rowan/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
