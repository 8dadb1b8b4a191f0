//go:build cgo

package store

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAddListRemove(t *testing.T) {
	ctx := t.Context()
	// A name with all that a URI would take for its own.
	file := filepath.Join(t.TempDir(), "my notes #1 100%.db")
	s, err := Open(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{"milk", "it's; DROP TABLE notes"} {
		if id, err := s.Add(ctx, text); err != nil || id != int64(i+1) {
			t.Fatalf("added as %d: %v", id, err)
		}
	}
	if err := s.Remove(ctx, 1); err != nil {
		t.Error(err)
	}
	if err := s.Remove(ctx, 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	if _, err := s.Add(ctx, ""); err == nil {
		t.Error("added nothing")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s, err = Open(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	notes, err := s.List(ctx)
	if err != nil || len(notes) != 1 {
		t.Fatalf("got %+v, %v", notes, err)
	}
	if n := notes[0]; n.ID != 2 || n.Text != "it's; DROP TABLE notes" || time.Since(n.Created) > time.Minute {
		t.Errorf("got %+v", n)
	}
}

func TestOpenRefuses(t *testing.T) {
	ctx := t.Context()
	if _, err := Open(ctx, filepath.Join(t.TempDir(), "absent", "notes.db")); err == nil {
		t.Error("opened a file in an absent folder")
	}
	file := filepath.Join(t.TempDir(), "notes.db")
	s, err := Open(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.ExecContext(ctx, "PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := Open(ctx, file); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("opened a database of the future: %v", err)
	}
}
