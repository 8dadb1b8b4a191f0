// Only a table has the function that reaches others.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds: names of hosts
package main

import (
	"fmt"
	"net"
	"os"
)

var dialers = [...]func(string, string) (net.Conn, error){net.Dial, nil}

func main() { fmt.Println(dialers[len(os.Args)-1]("tcp", os.Args[1])) }
