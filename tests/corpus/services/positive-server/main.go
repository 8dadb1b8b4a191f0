// A server listens at a port by a name that only the system's list has; another at one that Go knows.
// go: 1.26
// targets: linux/amd64 linux/arm64
// finds: port "postgresql"
package main

import (
	"log"
	"net/http"
)

func main() {
	go func() { log.Println(http.ListenAndServe(":http", nil)) }()
	log.Fatal(http.ListenAndServe(":postgresql", nil))
}
