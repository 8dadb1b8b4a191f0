// What counts how often code runs is written to a folder of the user's.
// go: 1.26
// finds (info): folders that it fills whose names don't show
package main

import (
	"fmt"
	"os"
	"runtime/coverage"
)

func main() { fmt.Println(coverage.WriteMetaDir(os.Args[1])) }
