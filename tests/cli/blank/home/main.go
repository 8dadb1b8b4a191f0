// Needs a variable of the environment.
package main

import (
	"log"
	"os"
)

func main() {
	home, err := os.UserHomeDir()
	if err != nil {
		log.Fatal(err)
	}
	log.Print(home)
}
