// finds (info): Windows 7
// finds (info) since 1.21: Windows 10
// targets: windows/amd64
package main

import "fmt"

func main() { fmt.Println("hello") }
