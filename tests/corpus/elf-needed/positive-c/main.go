// finds: libc.so.6
// targets: linux/amd64
// cgo: glibc
package main

// #include <stdlib.h>
import "C"

import "fmt"

func main() { fmt.Println(C.abs(-1)) }
