// Needs another program.
package main

import (
	"log"
	"os/exec"
)

func main() {
	out, err := exec.Command("git", "--version").Output()
	if err != nil {
		log.Fatal(err)
	}
	log.Print(string(out))
}
