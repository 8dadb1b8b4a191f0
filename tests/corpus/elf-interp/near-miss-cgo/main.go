// cgo is on, and nothing in the program is C.
// cgo: glibc
package main

import "fmt"

func main() { fmt.Println("hello") }
