// finds: plugins
// targets: linux/amd64
// cgo: glibc
package main

import (
	"fmt"
	"plugin"
)

func main() { fmt.Println(plugin.Open("example.so")) }
