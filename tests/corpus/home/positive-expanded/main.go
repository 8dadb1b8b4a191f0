// The variable is replaced in a text.
// finds (degrade): $HOME
// targets: linux/amd64 linux/arm64 darwin/arm64
// go: 1.16
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.ReadFile(os.ExpandEnv("${HOME}/.app/config")))
}
