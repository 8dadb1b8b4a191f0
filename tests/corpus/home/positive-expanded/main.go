// The variable is replaced in a text.
// finds (degrade): $HOME
// go: 1.16
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.ReadFile(os.ExpandEnv("${HOME}/.app/config")))
}
