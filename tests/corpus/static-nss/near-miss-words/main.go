// The program has glibc's words for itself, and no C.
package main

import (
	"fmt"
	"net"
)

func main() {
	fmt.Print("libnss_%s.so.%d")
	fmt.Println(net.LookupHost("example.com"))
}
