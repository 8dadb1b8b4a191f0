// The file lies in a folder of its own.
// finds: the folder for temporary files
// targets: linux/amd64 linux/arm64 darwin/arm64
// go: 1.18
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.WriteFile("/tmp/app/"+os.Args[1], nil, 0o600))
}
