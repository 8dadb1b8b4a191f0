//go:build needs_git

package main

import "os/exec"

// Serves what is in a repository.
func ready() error {
	return exec.Command("git", "--version").Run()
}
