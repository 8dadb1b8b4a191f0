// finds (info): macOS 12.0
// targets: darwin/arm64
package main

import "fmt"

func main() { fmt.Println("hello") }
