// A table has the function that names programs, which is called besides.
// go: 1.26
// finds: git
// finds: programs whose names are not constant
package main

import (
	"fmt"
	"os"
	"os/exec"
)

var starters = [...]func(string, ...string) *exec.Cmd{exec.Command, nil}

//go:noinline
func other(name string) error { return starters[len(os.Args)-1](name).Run() }

func main() {
	fmt.Println(exec.Command("git").Run())
	fmt.Println(other("sh"))
}
