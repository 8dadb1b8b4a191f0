//go:build needs_zone

package main

import "time"

// Tells times as people in Paris do.
func ready() error {
	zone, err := time.LoadLocation("Europe/Paris")
	if err == nil {
		time.Local = zone
	}
	return err
}
