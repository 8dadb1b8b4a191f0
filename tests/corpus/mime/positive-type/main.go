// finds: type of ".woff2"
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"mime"
)

func main() { fmt.Println(mime.TypeByExtension(".woff2")) }
