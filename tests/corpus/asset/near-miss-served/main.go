// What is served is in the binary, by the function that serves folders too.
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
	http.Handle("/", http.FileServerFS(files))
	http.HandleFunc("/other", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, r.URL.Path)
	})
	fmt.Println(http.ListenAndServe(":8080", nil))
}
