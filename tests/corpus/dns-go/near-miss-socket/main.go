// A socket in the file system has no host.
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.Dial("unix", "/run/example.sock")) }
