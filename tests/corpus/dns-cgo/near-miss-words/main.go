// The program knows the function's name, and hasn't the function.
package main

import (
	"fmt"
	"net"
)

func main() {
	fmt.Println("net._C2func_getaddrinfo")
	fmt.Println(net.LookupHost("example.com"))
}
