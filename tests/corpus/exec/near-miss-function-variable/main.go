// What the variable starts with runs nothing; the package that would is there all the same.
package main

import (
	"fmt"
	"os/exec"
)

var execCommand = func(name string, args ...string) error {
	return fmt.Errorf("%s: %w", name, exec.ErrNotFound)
}

func main() { fmt.Println(execCommand("git", "status")) }
