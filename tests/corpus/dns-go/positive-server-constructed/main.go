// One function makes the server with the address that it is called with, another starts it.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds: names of hosts
package main

import (
	"fmt"
	"net/http"
)

//go:noinline
func newServer(address string) *http.Server {
	return &http.Server{Addr: address, Handler: http.NotFoundHandler()}
}

//go:noinline
func retried(start func() error) error { return start() }

func main() {
	fmt.Println(retried(newServer("localhost:8080").ListenAndServe))
}
