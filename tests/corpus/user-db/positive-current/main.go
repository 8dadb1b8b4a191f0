// finds: the user that runs the program
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"os/user"
)

func main() {
	fmt.Println(user.Current())
}
