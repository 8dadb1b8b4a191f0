// Package build identifies the three programs. They are released together, so
// these values are set once for all of them; what differs between them is a
// variable of their own main package.
package build

import "fmt"

// Set by the linker: -X example.com/fleet/v2/internal/build.Version=… and so on.
var (
	Version = "dev"
	Commit  = "unknown"
	Date    = "unknown"
)

// Describe returns what a program prints for --version.
func Describe(program, role string) string {
	return fmt.Sprintf("%s %s (role %s, commit %s, built %s)", program, Version, role, Commit, Date)
}
