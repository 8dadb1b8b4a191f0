// Tool lists what is in a directory and compares structured files.
package main

import (
	"os"

	"example.com/tool/internal/cli"
)

// Set by the linker: -X main.version=… -X main.commit=…
var (
	version = "dev"
	commit  = "unknown"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr, cli.Build{Version: version, Commit: commit}))
}
