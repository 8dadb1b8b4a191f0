// finds (degrade): $HOME
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	fmt.Println(filepath.Join(os.Getenv("HOME"), ".app"))
}
