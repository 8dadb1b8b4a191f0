// Go itself puts big uploads there.
// finds: the folder for temporary files
package main

import (
	"fmt"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, r.FormValue("name"))
	})
	fmt.Println(http.ListenAndServe(":8080", nil))
}
