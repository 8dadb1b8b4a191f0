// finds: the user that runs the program
// finds: the list of users
// targets: linux/amd64 linux/arm64
// wrong from 1.17 before 1.21: on amd64 the second function comes to its register by another one
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
