// The names are constant, but stand in a table, which isn't read.
// finds: files of lists that can't be read
// go: 1.16
package main

import (
	"fmt"
	"html/template"
	"os"
)

var pages = map[string][]string{"home": {"page.html", "layout.html"}}

func main() {
	fmt.Println(template.ParseFiles(pages[os.Args[0]]...))
}
