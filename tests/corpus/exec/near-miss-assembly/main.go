// Its assembly opens a file by a system call, and starts nothing.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds no: programs that it may start by system calls of its own
package main

import (
	"fmt"
	"os"
)

func open(path *byte) int64

func main() {
	path := append([]byte(os.Args[1]), 0)
	fmt.Println(open(&path[0]))
}
