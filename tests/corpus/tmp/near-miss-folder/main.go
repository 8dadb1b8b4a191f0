// Temporary files beside the one that they replace, and in a folder of its own.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	fmt.Println(os.CreateTemp(filepath.Dir(os.Args[1]), "app"))
	fmt.Println(os.MkdirTemp("/var/lib/app", "app"))
}
