// It has the package for an error of it, and the text of one, but runs nothing.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

func main() {
	err := &exec.Error{Name: "git", Err: exec.ErrNotFound}
	if len(os.Args) > 1 {
		fmt.Println(errors.Is(err, exec.ErrNotFound), err)
	}
}
