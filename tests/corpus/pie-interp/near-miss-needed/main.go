// The loader is there for a library, too.
// targets: linux/amd64 linux/arm64
// buildmode: pie
package main

import "fmt"

//go:cgo_import_dynamic _ _ "libc.so.6"

func main() { fmt.Println("hello") }
