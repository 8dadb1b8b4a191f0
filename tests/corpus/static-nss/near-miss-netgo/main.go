// targets: linux/amd64
// tags: netgo,osusergo
// cgo: glibc-static
package main

// #include <stdlib.h>
import "C"

import (
	"fmt"
	"net"
	"os/user"
)

func main() {
	fmt.Println(C.abs(-1))
	fmt.Println(net.LookupHost("example.com"))
	fmt.Println(user.Current())
}
