// Package cli is the command line of tool.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"

	"github.com/fatih/color"
	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// Build identifies the program.
type Build struct {
	Version string
	Commit  string
}

// errDifferent makes the program exit with 1 and say nothing more.
var errDifferent = errors.New("the files differ")

// Main runs the program and returns its exit code: 0 done, 1 the compared files
// differ, 2 it failed.
func Main(args []string, stdout, stderr io.Writer, build Build) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root := newRoot(build)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	switch err := root.ExecuteContext(ctx); {
	case err == nil:
		return 0
	case errors.Is(err, errDifferent):
		return 1
	default:
		fmt.Fprintf(stderr, "tool: %v\n", err)
		return 2
	}
}

func newRoot(build Build) *cobra.Command {
	when := choice{value: "auto", allowed: []string{"auto", "always", "never"}}
	root := &cobra.Command{
		Use:           "tool",
		Short:         "List what is in a directory, and compare structured files",
		Version:       build.Version,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRun: func(cmd *cobra.Command, _ []string) {
			color.NoColor = !colored(when.value, cmd.OutOrStdout())
		},
	}
	root.SetVersionTemplate("tool {{.Version}}\n")
	root.PersistentFlags().Var(&when, "color", "when to colour what is printed: auto, always or never")
	root.AddCommand(newInventory(), newDiff(), newVersion(build))
	return root
}

// colored says whether to colour what goes to w: on a terminal, unless
// NO_COLOR is set.
func colored(when string, w io.Writer) bool {
	if when != "auto" {
		return when == "always"
	}
	file, ok := w.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" &&
		(isatty.IsTerminal(file.Fd()) || isatty.IsCygwinTerminal(file.Fd()))
}

func newVersion(build Build) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit, the platform and the version of Go",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "tool %s (commit %s, %s/%s, %s)\n",
				build.Version, build.Commit, runtime.GOOS, runtime.GOARCH, runtime.Version())
			return err
		},
	}
}
