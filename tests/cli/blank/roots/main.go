// Needs trusted certificates, though none would help: its server signs its own.
package main

import (
	"log"
	"net/http"
	"net/http/httptest"
)

func main() {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	if _, err := http.Get(server.URL); err != nil {
		log.Fatal(err)
	}
}
