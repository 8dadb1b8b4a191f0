// The host is a name, which a function puts before the port.
// targets: linux/amd64 linux/arm64
// finds: names of hosts
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.Dial("tcp", net.JoinHostPort("example.com", "80"))) }
