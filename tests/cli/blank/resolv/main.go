// Needs a file of the system.
package main

import (
	"log"
	"os"
)

func main() {
	text, err := os.ReadFile("/etc/resolv.conf")
	if err != nil {
		log.Fatal(err)
	}
	log.Print(len(text))
}
