// The header of a file on disk has the names of its owners; a variable holds the function that looks them up.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds (degrade): the list of users
package main

import (
	"archive/tar"
	"fmt"
	"os"
)

func main() {
	info, err := os.Stdin.Stat()
	if err != nil {
		return
	}
	fmt.Println(tar.FileInfoHeader(info, ""))
}
