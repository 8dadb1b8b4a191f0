// The names stand in variables of the package.
// finds: file "config/app.yaml"
// finds: file "page.html"
// finds: file "layout.html"
// go: 1.17
// wrong from 1.17 before 1.21: on macOS the address of the variable comes from branches that meet
package main

import (
	"fmt"
	"html/template"
	"os"
)

var config = "config/app.yaml"

var pages = []string{"page.html", "layout.html"}

func main() {
	if len(os.Args) > 2 {
		config = os.Args[1]
	}
	fmt.Println(os.ReadFile(config))
	fmt.Println(template.ParseFiles(pages...))
}
