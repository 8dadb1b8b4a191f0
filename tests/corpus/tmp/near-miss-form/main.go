// It asks a form for a short text; only who sends a big file makes Go put that there.
// finds (info): files that are sent with forms
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
