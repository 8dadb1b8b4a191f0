// The interface is made of a command that is named: that it is run by it adds nothing.
// go: 1.26
// finds: git
package main

import (
	"fmt"
	"os"
	"os/exec"
)

type runner interface{ Run() error }

type nothing struct{}

func (nothing) Run() error { return nil }

func main() {
	var command runner = exec.Command("git")
	if len(os.Args) > 1 {
		command = nothing{}
	}
	fmt.Println(command.Run())
}
