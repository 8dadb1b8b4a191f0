// Named fails where the machine has the name that it is called with.
package main

import (
	"fmt"
	"os"
)

func main() {
	name, err := os.Hostname()
	if err != nil || name == os.Args[1] {
		fmt.Fprintln(os.Stderr, name, err)
		os.Exit(1)
	}
}
