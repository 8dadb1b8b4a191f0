// finds: /opt/homebrew/lib/libssl.3.dylib
// targets: darwin/arm64
package main

import "fmt"

//go:cgo_import_dynamic main.imported SSL_read "/opt/homebrew/lib/libssl.3.dylib"

var imported byte

func main() { fmt.Println(&imported) }
