// A table has the function for who runs the program.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds: the user that runs the program
package main

import (
	"fmt"
	"os"
	"os/user"
)

type source struct {
	name string
	user func() (*user.User, error)
}

var sources = [...]source{{"none", nil}, {"system", user.Current}}

func main() {
	for _, source := range sources {
		if source.name == os.Args[1] {
			fmt.Println(source.user())
		}
	}
}
