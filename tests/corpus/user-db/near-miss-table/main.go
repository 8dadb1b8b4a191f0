// The table has functions of its own; Go's function for archives brings the look-up of users.
package main

import (
	"archive/tar"
	"fmt"
	"io"
	"os"
)

var readers = [...]func(io.Reader) *tar.Reader{tar.NewReader, nil}

func main() { fmt.Println(readers[len(os.Args)-1](os.Stdin).Next()) }
