// Go knows this type by itself.
package main

import (
	"fmt"
	"mime"
)

func main() { fmt.Println(mime.TypeByExtension(".html")) }
