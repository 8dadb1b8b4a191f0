// targets: linux/amd64
// cgo: musl
package main

import (
	"fmt"
	"net"
	"os/user"
)

func main() {
	fmt.Println(net.LookupHost("example.com"))
	fmt.Println(user.Lookup("root"))
}
