// It listens at an address with a name, which a field has.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds: names of hosts
package main

import (
	"fmt"
	"net/http"
	"time"
)

func main() {
	mux := http.NewServeMux()
	server := &http.Server{Addr: "localhost:8080", Handler: mux, ReadTimeout: 5 * time.Second}
	fmt.Println(server.ListenAndServe())
}
