// finds: libgcc_s_seh-1.dll
// targets: windows/amd64
package main

import "fmt"

//go:cgo_import_dynamic main.imported _Unwind_Resume "libgcc_s_seh-1.dll"

var imported byte

func main() { fmt.Println(&imported) }
