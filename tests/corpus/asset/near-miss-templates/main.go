// The names stand in a slice, which isn't read.
// finds (info): files whose names don't show
package main

import (
	"fmt"
	"html/template"
)

func main() {
	fmt.Println(template.ParseFiles("page.html"))
}
