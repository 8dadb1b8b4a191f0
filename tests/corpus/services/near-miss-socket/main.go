// What follows the colon is no port, but the name of a file.
package main

import (
	"fmt"
	"net"
)

func main() { fmt.Println(net.Dial("unix", "/run/example:postgresql")) }
