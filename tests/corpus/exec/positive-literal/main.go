// The struct is made by the program itself, and another function only runs what it is given.
// finds: git
// finds: programs whose names are not constant
package main

import (
	"fmt"
	"os"
	"os/exec"
)

//go:noinline
func literal() {
	command := &exec.Cmd{Path: "/usr/bin/tool", Stdout: os.Stdout}
	fmt.Println(command.Run())
}

func main() {
	fmt.Println(exec.Command("git").Run())
	literal()
}
