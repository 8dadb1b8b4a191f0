// Notes keeps short notes in a SQLite database.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/notes/internal/store"
)

// Set by the linker: -X main.version=…
var version = "dev"

const usage = `Usage:
  notes [--db FILE] add TEXT...
  notes [--db FILE] import < FILE
  notes [--db FILE] list
  notes [--db FILE] remove NUMBER
  notes --version

Flags:
`

var errUsage = errors.New("wrong usage")

func main() {
	err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	default:
		fmt.Fprintf(os.Stderr, "notes: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("notes", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	showVersion := flags.Bool("version", false, "print the version and exit")
	file := flags.String("db", "", "the database `file` (default: $NOTES_DB, or notes.db among the user's settings)")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil {
		return errUsage
	}
	if *showVersion {
		_, err := fmt.Fprintf(stdout, "notes %s\n", version)
		return err
	}
	do := command(flags.Args(), stdin)
	if do == nil {
		flags.Usage()
		return errUsage
	}
	path, err := database(*file)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(ctx, s, stdout)
}

// command returns what the words ask for, or nil when they are not understood.
func command(words []string, stdin io.Reader) func(context.Context, *store.Store, io.Writer) error {
	if len(words) == 0 {
		return nil
	}
	switch name, rest := words[0], words[1:]; {
	case name == "add" && len(rest) > 0:
		return func(ctx context.Context, s *store.Store, w io.Writer) error {
			id, err := s.Add(ctx, strings.Join(rest, " "))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(w, "note %d\n", id)
			return err
		}
	case name == "import" && len(rest) == 0:
		return func(ctx context.Context, s *store.Store, w io.Writer) error {
			return errors.Join(addLines(ctx, s, stdin), list(ctx, s, w))
		}
	case name == "list" && len(rest) == 0:
		return list
	case name == "remove" && len(rest) == 1:
		id, err := strconv.ParseInt(rest[0], 10, 64)
		if err != nil {
			return nil
		}
		return func(ctx context.Context, s *store.Store, _ io.Writer) error {
			return s.Remove(ctx, id)
		}
	}
	return nil
}

// addLines makes a note of each line that has a text.
func addLines(ctx context.Context, s *store.Store, from io.Reader) error {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		if text := strings.TrimSpace(lines.Text()); text != "" {
			if _, err := s.Add(ctx, text); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

func list(ctx context.Context, s *store.Store, w io.Writer) error {
	notes, err := s.List(ctx)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, n := range notes {
		fmt.Fprintf(t, "%d\t%s\t%s\n", n.ID, n.Created.Format(time.RFC3339), n.Text)
	}
	return t.Flush()
}

// database decides which file to open, and makes the folder of the default one.
func database(file string) (string, error) {
	if file != "" {
		return file, nil
	}
	if file = os.Getenv("NOTES_DB"); file != "" {
		return file, nil
	}
	base, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("%w: name a file with --db or NOTES_DB", err)
	}
	dir := filepath.Join(base, "notes")
	return filepath.Join(dir, "notes.db"), os.MkdirAll(dir, 0o700)
}
