// It reads from folders of the system that stand for trees of files: by functions that take any
// such tree, and by their methods.
// finds: file "conf"
// finds: file "templates"
// finds: file "static"
// finds: file "data"
// go: 1.25
package main

import (
	"fmt"
	"io/fs"
	"os"
	"text/template"
)

func main() {
	fmt.Println(fs.ReadFile(os.DirFS("conf"), "app.yaml"))
	fmt.Println(template.ParseFS(os.DirFS("templates"), "*.txt"))
	fmt.Println(os.DirFS("static").Open("index.html"))
	data, err := os.OpenRoot("data")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(data.ReadFile("state"))
}
