// The variable starts with a function that asks nobody.
package main

import (
	"archive/tar"
	"fmt"
	"os"
)

var current = os.Getuid

func main() { fmt.Println(current(), tar.Header{}) }
