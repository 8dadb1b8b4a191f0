// finds (info): Windows 10
// targets: windows/amd64
package main

import "fmt"

func main() { fmt.Println("hello") }
