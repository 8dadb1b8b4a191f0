// Go inlines the function into another.
// finds: port "rpc-of-mine"
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"net/rpc"
)

func main() {
	fmt.Println(rpc.DialHTTP("tcp", "192.0.2.1:rpc-of-mine"))
}
