// finds: port "syslog"
package main

import (
	"fmt"
	"net"
)

func main() {
	fmt.Println(net.Dial("udp", "192.0.2.1:syslog"))
}
