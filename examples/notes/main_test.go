//go:build cgo

package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"example.com/notes/internal/store"
)

func notes(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	err := run(t.Context(), args, strings.NewReader("buy milk\n\ncall mum\n"), &stdout, &stderr)
	return stdout.String(), err
}

func TestCommands(t *testing.T) {
	t.Setenv("NOTES_DB", filepath.Join(t.TempDir(), "notes.db"))
	if out, err := notes(t, "add", "buy", "milk"); err != nil || out != "note 1\n" {
		t.Fatalf("%q, %v", out, err)
	}
	if out, err := notes(t, "list"); err != nil || !strings.HasPrefix(out, "1  2") || !strings.HasSuffix(out, "Z  buy milk\n") {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := notes(t, "--db", ":memory:", "import"); err != nil || !strings.HasSuffix(out, "Z  buy milk\n2  "+out[3:23]+"  call mum\n") {
		t.Errorf("imported: %q, %v", out, err)
	}
	if out, err := notes(t, "--db", filepath.Join(t.TempDir(), "other.db"), "list"); err != nil || out != "" {
		t.Errorf("another file: %q, %v", out, err)
	}
	if _, err := notes(t, "remove", "1"); err != nil {
		t.Error(err)
	}
	if _, err := notes(t, "remove", "1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func TestDefaultFile(t *testing.T) {
	home := t.TempDir()
	t.Setenv("NOTES_DB", "")
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "AppData"} {
		t.Setenv(name, home)
	}
	if _, err := notes(t, "add", "x"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "AppData"} {
		t.Setenv(name, "")
	}
	if _, err := notes(t, "list"); err == nil || !strings.Contains(err.Error(), "--db or NOTES_DB") {
		t.Errorf("without a home: %v", err)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range []string{"", "add", "list all", "remove", "remove one", "--nonsense", "edit 1"} {
		if _, err := notes(t, strings.Fields(args)...); !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", args, err)
		}
	}
	if out, err := notes(t, "--version"); err != nil || out != "notes dev\n" {
		t.Errorf("%q, %v", out, err)
	}
}
