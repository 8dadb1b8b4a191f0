// finds: upx
// finds: build information
// after: upx
package main

import "fmt"

func main() { fmt.Println("hello") }
