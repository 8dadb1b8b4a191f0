// It only asks whether the file is there.
// finds (info): file "/.dockerenv"
package main

import (
	"fmt"
	"os"
)

func main() {
	_, err := os.Stat("/.dockerenv")
	fmt.Println(err == nil)
}
