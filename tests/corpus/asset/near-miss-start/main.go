// The variable starts with what is no file, and may be set to one.
// finds (info): files whose names don't show
package main

import (
	"flag"
	"fmt"
	"os"
)

var input = "-"

func main() {
	flag.StringVar(&input, "input", input, "what is read")
	flag.Parse()
	fmt.Println(os.ReadFile(input))
}
