// finds: names of hosts
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"net"
	"os"
)

func main() { fmt.Println(net.ResolveUDPAddr("udp", os.Args[1])) }
