// finds: /lib/ld-linux-aarch64.so.1
// targets: linux/arm64
// buildmode: pie
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.LookupHost("example.com")) }
