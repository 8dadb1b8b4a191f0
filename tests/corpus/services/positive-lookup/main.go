// finds: port "postgresql"
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.LookupPort("tcp", "postgresql")) }
