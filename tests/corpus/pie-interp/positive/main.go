// finds: /lib64/ld-linux-x86-64.so.2
// targets: linux/amd64
// buildmode: pie
// go: 1.15
package main

import "fmt"

func main() { fmt.Println("hello") }
