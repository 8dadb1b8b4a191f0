// finds (info): Linux 3.2
// targets: linux/amd64 linux/arm64
package main

import "fmt"

func main() { fmt.Println("hello") }
