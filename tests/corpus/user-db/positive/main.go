// finds: the list of users
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"os/user"
)

func main() {
	fmt.Println(user.Lookup("nobody"))
}
