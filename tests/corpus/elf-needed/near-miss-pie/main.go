// A loader, and no library.
// targets: linux/amd64 linux/arm64
// buildmode: pie
// go: 1.15
package main

import "fmt"

func main() { fmt.Println("hello") }
