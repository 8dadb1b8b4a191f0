// finds: Go's sources and tools
package main

import (
	"fmt"
	"go/build"
)

func main() { fmt.Println(build.Import("fmt", ".", 0)) }
