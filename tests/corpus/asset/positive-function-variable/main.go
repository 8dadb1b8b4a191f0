// Functions stand in variables of the package, so that tests can put others there.
// finds: file "config/app.yaml"
// finds: file "page.html"
// go: 1.17
package main

import (
	"fmt"
	"os"
)

var readFile = os.ReadFile

var open = os.Open

var load = loadNamed

func loadNamed(name string) ([]byte, error) {
	return readFile(name)
}

func main() {
	if len(os.Args) > 2 {
		readFile = func(string) ([]byte, error) { return nil, nil }
	}
	fmt.Println(load("config/app.yaml"))
	fmt.Println(open("page.html"))
}
