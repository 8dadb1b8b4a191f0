// The host is a number, which a function puts before the port.
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.Dial("tcp", net.JoinHostPort("127.0.0.1", "8080"))) }
