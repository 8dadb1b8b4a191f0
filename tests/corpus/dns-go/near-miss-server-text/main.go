// It listens at an address without a name, and another part of it prints one that has one.
// go: 1.26
package main

import (
	"fmt"
	"net/http"
)

//go:noinline
func usage() { fmt.Println("localhost:8080") }

func main() {
	usage()
	server := &http.Server{Addr: "127.0.0.1:8080"}
	fmt.Println(server.ListenAndServe())
}
