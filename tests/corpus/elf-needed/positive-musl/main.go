// finds: libc.so
// targets: linux/amd64
// cgo: musl-dynamic
package main

// #include <stdlib.h>
import "C"

import "fmt"

func main() { fmt.Println(C.abs(-1)) }
