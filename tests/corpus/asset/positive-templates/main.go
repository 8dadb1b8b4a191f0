// The names stand in a slice, and in one that a function of its own hands on.
// finds: file "page.html"
// finds: file "layout/base.html"
// finds: file "mail.txt"
// finds: file "footer.txt"
// go: 1.17
// targets: linux/amd64 linux/arm64 windows/amd64 darwin/arm64
package main

import (
	"fmt"
	"html/template"
	text "text/template"
)

//go:noinline
func load(names ...string) *text.Template {
	return text.Must(text.ParseFiles(names...))
}

func main() {
	fmt.Println(template.ParseFiles("page.html", "layout/base.html"))
	fmt.Println(load("mail.txt", "footer.txt"))
}
