// The variable starts with a function that asks nobody.
// wrong before 1.12: on arm64 the function whose value lies beside that which the runtime refers to is taken for it
package main

import (
	"archive/tar"
	"fmt"
	"os"
)

var current = os.Getuid

func main() { fmt.Println(current(), tar.Header{}) }
