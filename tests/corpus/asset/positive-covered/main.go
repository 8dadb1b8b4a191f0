// It was built to count which of its code runs, and writes that to a folder of the environment's.
// go: 1.26
// env: GOFLAGS=-cover
// finds (degrade): the folder of GOCOVERDIR
package main

import "fmt"

func main() { fmt.Println("counted") }
