// Go itself puts big uploads there.
// finds: the folder for temporary files
package main

import (
	"fmt"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, header, err := r.FormFile("picture")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprintln(w, header.Filename)
	})
	fmt.Println(http.ListenAndServe(":8080", nil))
}
