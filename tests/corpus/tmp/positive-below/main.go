// Only the end of the folder's name is chosen.
// finds: the folder for temporary files
// targets: linux/amd64 linux/arm64 darwin/arm64
// go: 1.18
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.MkdirAll("/tmp/"+os.Args[1], 0o700))
}
