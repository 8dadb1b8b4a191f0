// With text/template every exported method of what is in the program stays.
// wrong before 1.12: the linker keeps HTTP's client in every program with net/http
package main

import (
	"html/template"
	"log"
	"net/http"
)

var page = template.Must(template.New("page").Parse("<p>{{.Method}}"))

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if err := page.Execute(w, r); err != nil {
			log.Print(err)
		}
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
