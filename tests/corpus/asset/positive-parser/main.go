// The parser opens the file where it gets no source.
// go: 1.26
// finds: file "gen/api.go"
// finds (info): files whose names don't show
package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
)

//go:noinline
func parsed(source any) error {
	_, err := parser.ParseFile(token.NewFileSet(), "gen/other.go", source, 0)
	return err
}

func main() {
	fmt.Println(parser.ParseFile(token.NewFileSet(), "gen/api.go", nil, 0))
	fmt.Println(parsed(os.Args[0]))
}
