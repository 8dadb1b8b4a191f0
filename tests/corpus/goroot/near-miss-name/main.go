// The name of the folder alone is noise.
package main

import (
	"fmt"
	"runtime"
)

func main() { fmt.Println(runtime.GOROOT(), runtime.Version()) }
