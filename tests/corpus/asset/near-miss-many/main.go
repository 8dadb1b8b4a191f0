// A function with more arguments than there are registers: the last text lies on the stack, where a
// path would have been before Go 1.17.
// finds (info): files that it makes whose names don't show
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

//go:noinline
func write(path string, data []byte, bare bool, header, footer string, perm os.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, perm)
	if err != nil {
		return err
	}
	defer file.Close()
	if !bare {
		fmt.Fprintln(file, header)
	}
	file.Write(data)
	if !bare {
		fmt.Fprintln(file, footer)
	}
	return nil
}

func main() {
	path := filepath.Clean(os.Args[1])
	fmt.Println(write(path, []byte("text"), len(os.Args) > 2, "# begin", "# end", 0o600))
}
