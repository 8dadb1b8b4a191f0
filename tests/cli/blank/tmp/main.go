// Needs a folder for temporary files.
package main

import (
	"log"
	"os"
)

func main() {
	file, err := os.CreateTemp("", "scratch")
	if err != nil {
		log.Fatal(err)
	}
	log.Print(file.Name())
}
