// Sockets are files for all functions that reach an address, and in all of their networks.
// finds: file "/run/a.sock"
// finds: file "/run/b.sock"
// finds: file "/run/c.sock"
// finds: folder "/run"
// targets: linux/amd64 linux/arm64 darwin/arm64
package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/rpc"
)

func main() {
	fmt.Println(rpc.Dial("unix", "/run/a.sock"))
	fmt.Println(net.Dial("unixgram", "/run/b.sock"))
	fmt.Println(tls.Dial("unixpacket", "/run/c.sock", nil))
	fmt.Println(net.Listen("unix", "/run/d.sock"))
}
