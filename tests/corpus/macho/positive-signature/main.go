// What changes the file takes the signature of Go's linker away.
// finds: code signature
// targets: darwin/arm64
// after: upx
package main

import "fmt"

func main() { fmt.Println("hello") }
