// A function of its own hands the path on.
// finds: file "config/a.yaml"
// finds: file "config/b.yaml"
package main

import (
	"fmt"
	"os"
)

//go:noinline
func load(path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return data
}

func main() {
	fmt.Println(len(load("config/a.yaml")), len(load("config/b.yaml")))
}
