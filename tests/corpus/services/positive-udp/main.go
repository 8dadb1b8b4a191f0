// finds: port "syslog"
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"net"
)

func main() {
	fmt.Println(net.Dial("udp", "192.0.2.1:syslog"))
}
