//go:build needs_tmp

package main

import "os"

// Keeps what is uploaded in a temporary file.
func ready() error {
	file, err := os.CreateTemp("", "service")
	if err != nil {
		return err
	}
	return file.Close()
}
