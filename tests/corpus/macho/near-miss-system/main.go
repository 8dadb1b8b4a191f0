// Every macOS has it.
// finds (info): /usr/lib/libz.1.dylib
// targets: darwin/arm64
package main

import "fmt"

//go:cgo_import_dynamic main.imported zlibVersion "/usr/lib/libz.1.dylib"

var imported byte

func main() { fmt.Println(&imported) }
