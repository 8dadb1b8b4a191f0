// Folders are handed on as interfaces.
// finds (info): folders whose names don't show
// go: 1.22
package main

import (
	"fmt"
	"net/http"
)

func main() {
	http.Handle("/", http.FileServer(http.Dir("static")))
	fmt.Println(http.ListenAndServe(":8080", nil))
}
