// finds: /lib64/ld-linux-x86-64.so.2
// targets: linux/amd64
// cgo: glibc
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.LookupHost("example.com")) }
