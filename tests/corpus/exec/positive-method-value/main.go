// The struct is made by the program itself, and its method handed on; another program is named.
// go: 1.26
// finds: git
// finds: programs whose names are not constant
package main

import (
	"fmt"
	"os/exec"
)

//go:noinline
func retried(run func() error) error { return run() }

//go:noinline
func tool() error {
	command := &exec.Cmd{Path: "/usr/bin/tool"}
	return retried(command.Run)
}

func main() {
	fmt.Println(exec.Command("git").Run())
	fmt.Println(tool())
}
