// finds (info): Windows 7
// finds (info) since 1.21: Windows 10
// targets: windows/amd64
// wrong before 1.12: the program doesn't say which Go built it
package main

import "fmt"

func main() { fmt.Println("hello") }
