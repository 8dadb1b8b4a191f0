// A part of what is in the binary is a tree of files, too.
// go: 1.16
package main

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed main.go
var files embed.FS

func main() {
	fmt.Println(fs.ReadFile(files, "main.go"))
	fmt.Println(fs.Sub(files, "data"))
}
