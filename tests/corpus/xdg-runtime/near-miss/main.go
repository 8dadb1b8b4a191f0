// It sets the variable, for others.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.Setenv("XDG_RUNTIME_DIR", os.Args[1]))
	fmt.Println(os.Getenv("XDG_RUNTIME_DIRS"))
}
