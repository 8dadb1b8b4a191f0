// finds (degrade): $HOME
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	fmt.Println(filepath.Join(os.Getenv("HOME"), ".app"))
}
