// The numbers of the versions count, not their order as texts.
// finds: glibc ≥ 2.25
// targets: linux/amd64 linux/arm64
package main

import "fmt"

//go:cgo_import_dynamic main.pipe2 pipe2#GLIBC_2.9 "libc.so.6"
//go:cgo_import_dynamic main.getrandom getrandom#GLIBC_2.25 "libc.so.6"
//go:cgo_import_dynamic main.exp exp#GLIBC_2.17 "libm.so.6"

func foreign()

func main() {
	foreign()
	fmt.Println("hello")
}
