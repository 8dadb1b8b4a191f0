// The function that runs a struct which another one made names a program as well.
// go: 1.26
// finds: git
// finds: programs whose names are not constant
package main

import (
	"fmt"
	"os"
	"os/exec"
)

type job struct {
	name    string
	command exec.Cmd
}

//go:noinline
func made(path string) *job {
	return &job{name: path, command: exec.Cmd{Path: path, Args: []string{path}}}
}

func main() {
	fmt.Println(exec.Command("git").Run())
	fmt.Println(made(os.Args[1]).command.Run())
}
