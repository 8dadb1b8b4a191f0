// It runs nothing.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.ReadDir(os.Args[1]))
}
