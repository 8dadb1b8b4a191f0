// What counts how often code runs is written to a folder.
// go: 1.26
// finds: folder "/srv/coverage"
package main

import (
	"fmt"
	"runtime/coverage"
)

func main() { fmt.Println(coverage.WriteCountersDir("/srv/coverage")) }
