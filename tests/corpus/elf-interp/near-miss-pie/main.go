// The loader is there for the build mode only.
// targets: linux/amd64 linux/arm64
// buildmode: pie
// go: 1.15
package main

import "fmt"

func main() { fmt.Println("hello") }
