// finds: GOARM64=v8.1
// targets: linux/arm64 darwin/arm64
// go: 1.23
// env: GOARM64=v8.1
package main

import "fmt"

func main() { fmt.Println("hello") }
