// The file is in the binary.
package main

import (
	"embed"
	"fmt"
)

//go:embed main.go
var files embed.FS

func main() {
	fmt.Println(files.ReadFile("main.go"))
}
