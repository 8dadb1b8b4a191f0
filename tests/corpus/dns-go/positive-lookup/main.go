// finds: names of hosts
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.LookupHost("example.com")) }
