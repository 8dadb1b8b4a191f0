// A flag has the address, which isn't read: that is said.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds (info): addresses that servers listen at
package main

import (
	"flag"
	"log"
	"net/http"
)

func main() {
	address := flag.String("address", ":8080", "where to listen")
	flag.Parse()
	server := &http.Server{Addr: *address}
	log.Fatal(server.ListenAndServe())
}
