// The program has musl's words for itself.
package main

import (
	"fmt"
	"net"
)

func main() {
	fmt.Println("Name does not resolve\x00Try again\x00Non-recoverable error")
	fmt.Println(net.LookupHost("example.com"))
}
