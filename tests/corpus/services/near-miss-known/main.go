// Go knows this port by itself.
package main

import (
	"fmt"
	"net"
)

func main() {
	fmt.Println(net.Dial("tcp", "example.com:https"))
	fmt.Println(net.LookupPort("tcp", "ssh"))
}
