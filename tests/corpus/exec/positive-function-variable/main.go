// Functions stand in variables of the package, so that tests can put others there.
// finds: git
// finds: sh
// finds (info): programs that sh starts
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

var execCommand = exec.Command

var commandContext = exec.CommandContext

func main() {
	fmt.Println(execCommand("git", "status", os.Args[0]).Output())
	command := commandContext(context.Background(), "sh", append([]string{"-c"}, os.Args[1:]...)...)
	fmt.Println(command.Run())
}
