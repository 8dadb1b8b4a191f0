// The parser gets the source: the name is for messages only.
// go: 1.26
package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
)

//go:noinline
func parsed(source []byte) error {
	_, err := parser.ParseFile(token.NewFileSet(), "gen/other.go", source, 0)
	return err
}

func main() {
	fmt.Println(parser.ParseFile(token.NewFileSet(), "gen/api.go", "package api", 0))
	fmt.Println(parsed([]byte(os.Args[0])))
}
