// finds: Go's sources and tools
package main

import (
	"fmt"
	"go/importer"
	"go/token"
)

func main() { fmt.Println(importer.ForCompiler(token.NewFileSet(), "source", nil).Import("fmt")) }
