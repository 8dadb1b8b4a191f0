// The name of the port is put behind the host by a function.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds: port "postgresql"
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.Dial("tcp", net.JoinHostPort("127.0.0.1", "postgresql"))) }
