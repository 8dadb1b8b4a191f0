// Names of DLLs that are only words.
// targets: windows/amd64
package main

import (
	"fmt"
	"os"
)

var (
	names = []string{"first.dll", "second.dll", "third.dll"}
	one   = "fourth.dll"
	alone = []string{"sixth.dll"}
)

func main() {
	if len(os.Args) > 1 {
		one = os.Args[1]
		names[1], alone[0] = one, one
	}
	fmt.Println(names, alone, one, "fifth.dll")
}
