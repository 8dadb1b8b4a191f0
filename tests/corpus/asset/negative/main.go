// The path is an argument.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.ReadFile(os.Args[1]))
}
