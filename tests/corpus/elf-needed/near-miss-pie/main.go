// A loader, and no library.
// targets: linux/amd64 linux/arm64
// buildmode: pie
package main

import "fmt"

func main() { fmt.Println("hello") }
