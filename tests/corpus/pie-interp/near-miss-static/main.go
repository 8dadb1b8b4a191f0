// targets: linux/amd64
// cgo: glibc
// buildmode: pie
// ldflags: -linkmode=external -extldflags=-static-pie
package main

// #include <stdlib.h>
import "C"

import "fmt"

func main() { fmt.Println(C.abs(-1)) }
