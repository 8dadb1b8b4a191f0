//go:build needs_home

package main

import (
	"os"
	"path/filepath"
)

// Has a configuration for each user.
func ready() error {
	_, err := os.ReadFile(filepath.Join(os.Getenv("HOME"), ".service", "service.toml"))
	return err
}
