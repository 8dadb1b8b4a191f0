// All programs of these systems are position-independent.
// targets: windows/amd64 darwin/arm64
// buildmode: pie
package main

import "fmt"

func main() { fmt.Println("hello") }
