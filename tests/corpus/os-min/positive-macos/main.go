// finds (info): macOS 11.0
// finds (info) since 1.25: macOS 12.0
// targets: darwin/arm64
package main

import "fmt"

func main() { fmt.Println("hello") }
