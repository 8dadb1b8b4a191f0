// finds: port "radius"
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.ListenPacket("udp", ":radius")) }
