package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"example.com/tool/internal/inventory"
)

func newInventory() *cobra.Command {
	format := choice{value: "table", allowed: []string{"table", "json", "yaml"}}
	cmd := &cobra.Command{
		Use:   "inventory [DIR]",
		Short: "List the files below a directory, with sizes and SHA-256 hashes",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			files, err := inventory.Scan(cmd.Context(), os.DirFS(dir))
			if err != nil {
				return fmt.Errorf("inventory of %s: %w", dir, err)
			}
			return writeInventory(cmd.OutOrStdout(), format.value, files)
		},
	}
	cmd.Flags().VarP(&format, "format", "f", "how to print the list: table, json or yaml")
	return cmd
}

func writeInventory(w io.Writer, format string, files []inventory.File) error {
	switch format {
	case "json":
		return writeJSON(w, files)
	case "yaml":
		encoder := yaml.NewEncoder(w)
		encoder.SetIndent(2)
		if err := encoder.Encode(files); err != nil {
			return err
		}
		return encoder.Close()
	default:
		_, err := fmt.Fprintln(w, inventoryTable(files))
		return err
	}
}

func inventoryTable(files []inventory.File) string {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Footer = text.FormatDefault
	t.SetColumnConfigs([]table.ColumnConfig{{Name: "size", Align: text.AlignRight, AlignFooter: text.AlignRight}})
	t.AppendHeader(table.Row{"path", "size", "sha256"})
	for _, f := range files {
		t.AppendRow(table.Row{f.Path, humanize.IBytes(uint64(f.Size)), f.SHA256[:12]})
	}
	total := humanize.IBytes(uint64(inventory.Total(files)))
	t.AppendFooter(table.Row{english.Plural(len(files), "file", ""), total, ""})
	return t.Render()
}
