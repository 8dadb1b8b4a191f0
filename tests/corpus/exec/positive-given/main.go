// A function that is given a command has no name of its own.
// finds: git
package main

import (
	"fmt"
	"os/exec"
)

//go:noinline
func run(command *exec.Cmd) {
	fmt.Println([]string{"runs"}, command.Run())
}

func main() {
	run(exec.Command("git"))
}
