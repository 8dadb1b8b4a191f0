// The variable starts with a number, and may be set to a name later.
// finds: names of hosts
// targets: linux/amd64 linux/arm64
package main

import (
	"flag"
	"fmt"
	"net"
)

var server = "127.0.0.1:5432"

func main() {
	flag.StringVar(&server, "server", server, "where to ask")
	flag.Parse()
	fmt.Println(net.Dial("tcp", server))
}
