//go:build !(needs_tmp || needs_roots || needs_zone || needs_git || needs_home)

package main

// Needs nothing.
func ready() error { return nil }
