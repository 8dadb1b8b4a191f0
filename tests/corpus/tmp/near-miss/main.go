// With templates the linker keeps every method, and so the code for forms.
package main

import (
	"fmt"
	"net/http"
	"text/template"
)

var page = template.Must(template.New("page").Parse("{{.}}"))

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(page.Execute(w, "hello"))
	})
	fmt.Println(http.ListenAndServe(":8080", nil))
}
