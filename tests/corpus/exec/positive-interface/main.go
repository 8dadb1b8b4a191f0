// The struct is made by the program itself, and only an interface runs it.
// go: 1.26
// finds: programs whose names are not constant
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
	var command runner = &exec.Cmd{Path: "/usr/bin/tool"}
	if len(os.Args) > 1 {
		command = nothing{}
	}
	fmt.Println(command.Run())
}
