// A variable has the address with a name.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds: names of hosts
package main

import (
	"fmt"
	"net/http"
)

var address = "localhost:8080"

func main() {
	server := &http.Server{Addr: address}
	fmt.Println(server.ListenAndServe())
}
