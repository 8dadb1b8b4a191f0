// targets: linux/amd64
// tags: netgo
// cgo: glibc
package main

// #include <stdlib.h>
import "C"

import (
	"fmt"
	"net"
)

func main() {
	fmt.Println(C.abs(-1))
	fmt.Println(net.LookupHost("example.com"))
}
