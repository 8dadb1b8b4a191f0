// Any glibc has what it asks for.
// targets: linux/amd64 linux/arm64
package main

import "fmt"

//go:cgo_import_dynamic _ _ "libc.so.6"

func main() { fmt.Println("hello") }
