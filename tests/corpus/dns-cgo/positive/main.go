// finds: the C library's resolver
// targets: linux/amd64
// cgo: glibc
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.LookupHost("example.com")) }
