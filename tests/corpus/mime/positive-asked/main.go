// finds: types of files
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"mime"
	"os"
)

func main() { fmt.Println(mime.TypeByExtension(os.Args[1])) }
