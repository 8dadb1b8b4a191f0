// Package store keeps notes in a SQLite database.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver; it is C, and needs cgo
)

// ErrNotFound is returned for a note that there is not.
var ErrNotFound = errors.New("no such note")

// Note is one note.
type Note struct {
	ID      int64
	Text    string
	Created time.Time
}

// Store is an open database.
type Store struct {
	db *sql.DB
}

// migrations bring a database from the version of its index to the next.
var migrations = []string{
	`CREATE TABLE notes (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		text TEXT NOT NULL CHECK (text <> ''),
		created INTEGER NOT NULL
	) STRICT`,
}

// Open opens a database, and makes it when it is absent.
func Open(ctx context.Context, file string) (*Store, error) {
	db, err := sql.Open("sqlite3", dsn(file))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	s := &Store{db}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", file, err), db.Close())
	}
	return s, nil
}

func dsn(file string) string {
	path := url.URL{Path: filepath.ToSlash(file)}
	return "file:" + path.EscapedPath() + "?_busy_timeout=5000&_foreign_keys=on&_txlock=immediate"
}

func (s *Store) migrate(ctx context.Context) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(migrations) {
		return fmt.Errorf("the database has version %d, from a newer program", version)
	}
	for ; version < len(migrations); version++ {
		if _, err := tx.ExecContext(ctx, migrations[version]); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version+1)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Add writes a note and returns its number.
func (s *Store) Add(ctx context.Context, text string) (int64, error) {
	result, err := s.db.ExecContext(ctx, "INSERT INTO notes (text, created) VALUES (?, ?)", text, time.Now().Unix())
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// List returns the notes, oldest first.
func (s *Store) List(ctx context.Context) ([]Note, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, text, created FROM notes ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var notes []Note
	for rows.Next() {
		var (
			note    Note
			created int64
		)
		if err := rows.Scan(&note.ID, &note.Text, &created); err != nil {
			return nil, err
		}
		note.Created = time.Unix(created, 0).UTC()
		notes = append(notes, note)
	}
	return notes, rows.Err()
}

// Remove deletes a note.
func (s *Store) Remove(ctx context.Context, id int64) error {
	result, err := s.db.ExecContext(ctx, "DELETE FROM notes WHERE id = ?", id)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return fmt.Errorf("%d: %w", id, ErrNotFound)
}
