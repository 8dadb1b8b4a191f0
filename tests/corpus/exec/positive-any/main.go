// The struct is made as a value of any type, and run by an interface that it turns out to have.
// go: 1.26
// finds: programs whose names are not constant
package main

import (
	"fmt"
	"os"
	"os/exec"
)

//go:noinline
func made(path string) any { return &exec.Cmd{Path: path} }

func main() {
	if runner, ok := made(os.Args[1]).(interface{ Run() error }); ok {
		fmt.Println(runner.Run())
	}
}
