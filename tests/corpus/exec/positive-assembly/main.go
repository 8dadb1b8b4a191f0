// Its assembly starts a program by a system call: the path is in no text.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds: programs whose names are not constant
package main

import (
	"fmt"
	"os"
)

func start(path *byte) int64

func main() {
	path := append([]byte(os.Args[1]), 0)
	fmt.Println(start(&path[0]))
}
