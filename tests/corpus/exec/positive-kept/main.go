// One command is changed, kept in a struct and run in one of several ways.
// finds: git
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
)

type job struct {
	name    string
	command *exec.Cmd
}

//go:noinline
func (j *job) run() error {
	if len(os.Args) > 2 {
		return j.command.Start()
	}
	return j.command.Run()
}

func main() {
	var output bytes.Buffer
	command := exec.Command("git", "status")
	command.Env = append(os.Environ(), "A=b")
	command.Stdout = &output
	if len(os.Args) > 1 {
		out, err := command.CombinedOutput()
		fmt.Println(string(out), err)
		return
	}
	fmt.Println((&job{name: "status", command: command}).run(), output.String())
}
