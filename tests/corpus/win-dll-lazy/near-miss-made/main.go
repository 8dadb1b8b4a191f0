// What isn't a variable of a package is made while the program runs, and its name isn't read.
// targets: windows/amd64
// finds (info): DLLs whose names don't show
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	for _, name := range os.Args[1:] {
		fmt.Println(syscall.NewLazyDLL(name).Load())
	}
}
