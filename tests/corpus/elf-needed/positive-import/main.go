// finds: libexample.so.1
// targets: linux/amd64 linux/arm64
package main

import "fmt"

//go:cgo_import_dynamic _ _ "libexample.so.1"

func main() { fmt.Println("hello") }
