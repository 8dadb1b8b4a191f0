// An address that is a number is not looked up.
package main

import (
	"fmt"
	"net"
)

func main() {
	fmt.Println(net.Dial("tcp", "127.0.0.1:8080"))
	fmt.Println(net.Dial("tcp", "[::1]:8080"))
}
