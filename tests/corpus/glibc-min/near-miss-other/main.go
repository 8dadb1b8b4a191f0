// Another library has versions, too.
// targets: linux/amd64 linux/arm64
package main

import "fmt"

//go:cgo_import_dynamic main.sslRead SSL_read#OPENSSL_3.0.0 "libssl.so.3"

func foreign()

func main() {
	foreign()
	fmt.Println("hello")
}
