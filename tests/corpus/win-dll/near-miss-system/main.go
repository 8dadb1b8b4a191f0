// Every Windows has it.
// finds (info): msvcrt.dll
// targets: windows/amd64
package main

import "fmt"

//go:cgo_import_dynamic main.imported _time64 "msvcrt.dll"

var imported byte

func main() { fmt.Println(&imported) }
