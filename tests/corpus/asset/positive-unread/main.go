// The names are constant, but stand in a variable, which isn't read.
// finds: files and folders whose names can't be read
// go: 1.16
package main

import (
	"fmt"
	"html/template"
)

var pages = []string{"page.html", "layout.html"}

func main() {
	fmt.Println(template.ParseFiles(pages...))
}
