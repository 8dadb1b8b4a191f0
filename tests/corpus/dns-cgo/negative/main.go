// net.cgoLookupIP is there all the same, as a stub.
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.LookupHost("example.com")) }
