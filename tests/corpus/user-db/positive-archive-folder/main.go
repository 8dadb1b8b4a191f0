// So has each header of a folder that is added whole.
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
	archive := tar.NewWriter(os.Stdout)
	fmt.Fprintln(os.Stderr, archive.AddFS(os.DirFS(os.Args[1])))
}
