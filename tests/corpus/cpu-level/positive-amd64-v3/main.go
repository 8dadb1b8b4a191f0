// finds: GOAMD64=v3
// targets: linux/amd64 windows/amd64
// go: 1.18
// env: GOAMD64=v3
package main

import "fmt"

func main() { fmt.Println("hello") }
