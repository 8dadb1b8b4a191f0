// finds: GOAMD64=v2
// targets: linux/amd64 windows/amd64
// go: 1.18
// env: GOAMD64=v2
package main

import "fmt"

func main() { fmt.Println("hello") }
