// A program that looks into others has all that marks them, and is none of them.
package main

import (
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"fmt"
	"os"
)

var (
	packed    = []string{"UPX!", "UPX0", "UPX1", "$Info: This file is packed with the UPX executable packer"}
	buildInfo = []byte("\xff Go buildinf:\x08\x02")
	functions = [][]byte{
		[]byte("\xf1\xff\xff\xff\x00\x00\x01\x08"),
		[]byte("\xf0\xff\xff\xff\x00\x00\x04\x08"),
	}
)

func main() {
	fmt.Println(packed, buildInfo, functions)
	fmt.Println(elf.NewFile(os.Stdin))
	fmt.Println(macho.NewFile(os.Stdin))
	fmt.Println(pe.NewFile(os.Stdin))
}
