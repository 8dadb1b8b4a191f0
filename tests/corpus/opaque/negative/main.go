// go: 1.12
package main

import "fmt"

func main() { fmt.Println("hello") }
