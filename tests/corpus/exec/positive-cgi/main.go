// It has requests answered by a program whose name is in a struct.
// finds: programs whose names are not constant
package main

import (
	"fmt"
	"net/http"
	"net/http/cgi"
)

func main() {
	http.Handle("/report", &cgi.Handler{Path: "/usr/lib/cgi-bin/report"})
	fmt.Println(http.ListenAndServe(":8080", nil))
}
