// musl is in it, its resolver isn't.
// targets: linux/amd64
// tags: netgo,osusergo
// cgo: musl
package main

// #include <stdlib.h>
import "C"

import (
	"fmt"
	"net"
)

func main() {
	fmt.Println(C.abs(-1))
	fmt.Println(net.LookupHost("example.com"))
}
