// It is such a program itself, by the same package.
package main

import (
	"fmt"
	"net/http"
	"net/http/cgi"
)

func main() {
	fmt.Println(cgi.Serve(http.NotFoundHandler()))
}
