// A function that is given a file's name does something else before it reads the file.
// finds: file "config/late.yaml"
package main

import (
	"fmt"
	"os"
)

//go:noinline
func load(path string) ([]byte, error) {
	fmt.Println("reading", path)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("no file %s: %w", path, err)
	}
	return data, nil
}

func main() {
	data, err := load("config/late.yaml")
	fmt.Println(len(data), err)
}
