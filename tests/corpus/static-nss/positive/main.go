// finds: names of hosts
// targets: linux/amd64
// cgo: glibc-static
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.LookupHost("example.com")) }
