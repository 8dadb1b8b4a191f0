// finds: names of hosts
// targets: linux/amd64 linux/arm64
package main

import (
	"fmt"
	"net/http"
)

func main() { fmt.Println(http.Get("http://example.com/")) }
