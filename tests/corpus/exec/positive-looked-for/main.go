// It does without the program where there is none, which doesn't show.
// finds: git
package main

import (
	"fmt"
	"os/exec"
)

func main() {
	path, err := exec.LookPath("git")
	if err != nil {
		fmt.Println("no git")
		return
	}
	fmt.Println(path)
}
