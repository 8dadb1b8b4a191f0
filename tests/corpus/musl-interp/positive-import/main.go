// finds: /lib/ld-musl-aarch64.so.1
// targets: linux/arm64
// ldflags: -I=/lib/ld-musl-aarch64.so.1
package main

import "fmt"

//go:cgo_import_dynamic _ _ "libc.musl-aarch64.so.1"

func main() { fmt.Println("hello") }
