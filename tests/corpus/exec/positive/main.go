// The name of the program is a constant.
// finds: git
package main

import (
	"fmt"
	"os/exec"
)

func main() {
	fmt.Println(exec.Command("git", "status").Run())
}
