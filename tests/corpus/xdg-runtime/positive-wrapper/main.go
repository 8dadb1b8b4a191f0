// A function of its own hands the name on.
// finds: $XDG_RUNTIME_DIR
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"os"
)

//go:noinline
func variable(name string, otherwise string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return otherwise
}

func main() {
	fmt.Println(variable("XDG_RUNTIME_DIR", "/run"))
}
