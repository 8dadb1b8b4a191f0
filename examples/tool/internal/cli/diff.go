package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"example.com/tool/internal/diff"
)

func newDiff() *cobra.Command {
	format := choice{value: "text", allowed: []string{"text", "json"}}
	cmd := &cobra.Command{
		Use:   "diff BEFORE AFTER",
		Short: "Compare what two files of YAML or JSON mean; exit 1 when they differ",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			before, err := parseFile(args[0])
			if err != nil {
				return err
			}
			after, err := parseFile(args[1])
			if err != nil {
				return err
			}
			changes := diff.Compare(before, after)
			if err := writeChanges(cmd.OutOrStdout(), format.value, changes); err != nil {
				return err
			}
			if len(changes) > 0 {
				return errDifferent
			}
			return nil
		},
	}
	cmd.Flags().VarP(&format, "format", "f", "how to print the differences: text or json")
	return cmd
}

func parseFile(name string) (any, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	value, err := diff.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return value, nil
}

func writeChanges(w io.Writer, format string, changes []diff.Change) error {
	if format == "json" {
		return writeJSON(w, changes)
	}
	for _, c := range changes {
		if _, err := fmt.Fprintln(w, line(c)); err != nil {
			return err
		}
	}
	return nil
}

func line(c diff.Change) string {
	switch c.Kind {
	case diff.Added:
		return color.GreenString("+ %s: %s", c.Path, compact(c.New))
	case diff.Removed:
		return color.RedString("- %s: %s", c.Path, compact(c.Old))
	default:
		return color.YellowString("~ %s: %s → %s", c.Path, compact(c.Old), compact(c.New))
	}
}
