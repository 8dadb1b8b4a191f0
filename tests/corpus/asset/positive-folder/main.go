// Folders are handed on as interfaces.
// finds: file "static"
// finds: file "locales"
// go: 1.22
package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
)

func main() {
	http.Handle("/", http.FileServer(http.Dir("static")))
	fmt.Println(fs.ReadFile(os.DirFS("locales"), "en.yaml"))
	fmt.Println(http.ListenAndServe(":8080", nil))
}
