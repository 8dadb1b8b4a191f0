// Asks for the folder of its user by itself, and makes one there if it is called with a word.
package main

import (
	"log"
	"os"
	"path/filepath"
)

func main() {
	folder := filepath.Join(os.Getenv("HOME"), ".asks", "state")
	_, err := os.ReadFile(folder)
	if os.Args[1] == "makes" {
		err = os.MkdirAll(folder, 0o755)
	}
	if err != nil {
		log.Fatal(err)
	}
}
