// loadSystemRoots is in every server of net/http.
// wrong before 1.12: the linker keeps HTTP's client in every program with net/http
package main

import (
	"fmt"
	"log"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello") })
	log.Fatal(http.ListenAndServe(":8080", nil))
}
