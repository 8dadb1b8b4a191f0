// finds: types of files
// targets: linux/amd64 linux/arm64
package main

import (
	"log"
	"net/http"
)

func main() { log.Fatal(http.ListenAndServe(":8080", http.FileServer(http.Dir(".")))) }
