// finds: the user that runs the program
// finds: the list of users
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"os"
	"os/user"
)

var current = user.Current

var lookup = user.Lookup

func main() {
	fmt.Println(current())
	fmt.Println(lookup(os.Args[1]))
}
