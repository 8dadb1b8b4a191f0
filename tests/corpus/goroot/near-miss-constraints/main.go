// Constraints are read without Go's own sources.
// wrong before 1.12: the linker keeps all of go/build
package main

import (
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
)

func main() {
	fmt.Println(build.Default.MatchFile(".", "main_linux.go"))
	fmt.Println(parser.ParseFile(token.NewFileSet(), "main.go", nil, 0))
}
