// wrong before 1.12: the linker keeps HTTP's client in every program with net/http
package main

import (
	"log"
	"net/http"
)

func main() { log.Fatal(http.ListenAndServe(":8080", http.NotFoundHandler())) }
