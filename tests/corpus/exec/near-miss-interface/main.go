// It has an interface by which programs are run, and makes it of something else.
// go: 1.26
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

type runner interface{ Run() error }

type nothing struct{}

func (nothing) Run() error { return exec.ErrNotFound }

type something struct{}

func (something) Run() error { return nil }

func main() {
	var command runner = nothing{}
	if len(os.Args) > 1 {
		command = something{}
	}
	fmt.Println(errors.Is(command.Run(), exec.ErrNotFound))
}
