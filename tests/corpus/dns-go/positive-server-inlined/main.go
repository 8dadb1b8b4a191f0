// Go inlines the function that makes the server; the host is another one than the usual.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds: names of hosts
package main

import (
	"log"
	"net/http"
)

func main() { log.Fatal(http.ListenAndServe("myhost:8080", nil)) }
