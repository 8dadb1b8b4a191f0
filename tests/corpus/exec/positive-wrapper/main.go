// A function of its own hands the name on.
// finds: git
// finds: /bin/sh
// finds (info): programs that /bin/sh starts
package main

import (
	"fmt"
	"os/exec"
)

//go:noinline
func run(name string, args ...string) {
	command := exec.Command(name, args...)
	fmt.Println(command.Run())
}

func main() {
	run("git", "status")
	run("/bin/sh", "-c", "true")
}
