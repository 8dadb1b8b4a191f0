// The loader is there for the build mode only.
// targets: linux/amd64 linux/arm64
// buildmode: pie
package main

import "fmt"

func main() { fmt.Println("hello") }
