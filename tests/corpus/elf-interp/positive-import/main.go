// finds: /lib/ld-linux-aarch64.so.1
// targets: linux/arm64
package main

import "fmt"

//go:cgo_import_dynamic _ _ "libc.so.6"

func main() { fmt.Println("hello") }
