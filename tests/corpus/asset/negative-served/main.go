// The files that are served are in the binary.
// go: 1.22
package main

import (
	"embed"
	"fmt"
	"net/http"
)

//go:embed main.go
var files embed.FS

func main() {
	http.Handle("/", http.FileServer(http.FS(files)))
	fmt.Println(http.ListenAndServe(":8080", nil))
}
