// A variable of the package is the struct, and the function that runs it names a program as well.
// go: 1.26
// finds: git
// finds: programs whose names are not constant
package main

import (
	"fmt"
	"os"
	"os/exec"
)

var tool = exec.Cmd{Path: "/opt/vendor/tool"}

func main() {
	fmt.Println(exec.Command("git").Run())
	tool.Args = os.Args
	fmt.Println(tool.Run())
}
