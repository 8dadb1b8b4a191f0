// The function that starts the server prints a text that begins with an address.
// go: 1.26
package main

import (
	"log"
	"net/http"
)

func main() {
	log.Printf("localhost:8080 is where version %d listened", 1)
	server := &http.Server{Addr: ":8080"}
	log.Fatal(server.ListenAndServe())
}
