// finds: users and groups
// targets: linux/amd64
// cgo: glibc-static
package main

import (
	"fmt"
	"os/user"
)

func main() { fmt.Println(user.Lookup("root")) }
