// finds: musl's resolver
// targets: linux/amd64
// cgo: musl
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.LookupHost("example.com")) }
