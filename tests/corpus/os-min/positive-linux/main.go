// finds (info): Linux 2.6.23
// finds (info) since 1.19: Linux 2.6.32
// finds (info) since 1.24: Linux 3.2
// targets: linux/amd64 linux/arm64
// wrong before 1.12: the program doesn't say which Go built it
package main

import "fmt"

func main() { fmt.Println("hello") }
